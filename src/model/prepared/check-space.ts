import { statfs } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";

/** Throws UserError where the file system of a directory has no room for so many bytes. */
export async function checkSpace(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= bytes) return;
  const megabytes = (value: number) => Math.ceil(value / 1e6);
  throw new UserError({
    reason: "disk-full",
    message: `The prepared model takes ${megabytes(bytes)} MB, but ${path.dirname(directory)} has ${megabytes(bavail * bsize)} MB left.`,
    hint: "Make room there, or name another place to write to.",
  });
}
