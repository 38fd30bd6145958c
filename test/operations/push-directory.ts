import { openContent } from "../../src/operations/push/content.ts";
import type { PushResult } from "../../src/operations/push/outcome.ts";
import { push, type PushOptions } from "../../src/operations/push/push.ts";

/** A push of a directory, as the command makes it. */
export interface DirectoryPush extends Omit<PushOptions, "content"> {
  readonly directory: string;
  readonly copyLinks?: boolean;
  readonly cache?: string;
}

/** Reads a directory and pushes it. */
export async function pushDirectory({
  directory,
  copyLinks = false,
  cache,
  ...options
}: DirectoryPush): Promise<PushResult> {
  const { emit, signal } = options;
  const content = await openContent({
    directory,
    copyLinks,
    emit,
    signal,
    ...(cache === undefined ? {} : { cache }),
  });
  try {
    return await push({ ...options, content });
  } finally {
    content.close();
  }
}
