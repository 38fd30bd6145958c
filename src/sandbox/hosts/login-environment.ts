import { existsSync } from "node:fs";
import type { NodeInstallation } from "./machine.ts";
import type { User } from "./users.ts";

/** Where programs are on a Linux machine; the sandbox's own, inside an instance, come before. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The environment of a user's login; `env` is added and wins. */
export function loginEnvironment(
  user: User,
  {
    node,
    env,
  }: { readonly node: NodeInstallation; readonly env?: Readonly<Record<string, string>> | undefined },
): Record<string, string> {
  return {
    PATH: `/opt/sandbox/bin:${node.bin}:${SYSTEM_PATH}`,
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    SHELL: loginShell(),
    LANG: "C.UTF-8",
    SANDBOX_USER: user.name,
    ...env,
  };
}

/** bash, as on Amazon Linux, where this machine has it. */
export function loginShell(): string {
  return existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
}
