import { findAccessPoint, findFileSystem } from "./find.ts";
import type { EfsState } from "./state.ts";

/** The tags of a file system or an access point, by id or ARN. */
export function findTags(efs: EfsState, idOrArn: string): Map<string, string> {
  const id = idOrArn.split("/").at(-1)!;
  return id.startsWith("fsap-") ? findAccessPoint(efs, id).tags : findFileSystem(efs, id).tags;
}
