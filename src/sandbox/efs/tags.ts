import type { Tag } from "@aws-sdk/client-efs";
import { ServiceError } from "../wire/operation.ts";

/** Tags as EFS lists them. */
export function listTags(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Adds tags to a resource's; 50 is the most. Throws `BadRequest`. */
export function putTags(onto: Map<string, string>, tags: readonly Tag[]): void {
  for (const { Key: key = "", Value: value = "" } of tags) onto.set(key, value);
  if (onto.size > 50) throw new ServiceError("BadRequest", "Too many tags: a resource can have 50.");
}
