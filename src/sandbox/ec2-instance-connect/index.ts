import type { Operation } from "../wire/operation.ts";
import { sendSshPublicKey } from "./send-ssh-public-key.ts";

/** Every EC2 Instance Connect operation that the sandbox answers. */
export const operations: readonly Operation[] = [sendSshPublicKey];
