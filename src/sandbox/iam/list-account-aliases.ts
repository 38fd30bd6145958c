import {
  ListAccountAliases$,
  type ListAccountAliasesRequest,
  type ListAccountAliasesResponse,
} from "@aws-sdk/client-iam";
import type { Operation } from "../wire/operation.ts";
import { page } from "./page.ts";

/** ListAccountAliases: the sandbox's account has none. */
export const listAccountAliases: Operation<ListAccountAliasesRequest, ListAccountAliasesResponse> = {
  schema: ListAccountAliases$,
  run(_region, input) {
    const { items, more } = page([] as string[], input);
    return { AccountAliases: items, ...more };
  },
};
