import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { EXIT, UserError } from "../../errors.ts";
import type { Bundle } from "./bundle.ts";

/** Elastic Beanstalk's limit for a source bundle, in bytes. */
export const BUNDLE_LIMIT = 512 * 1024 * 1024;

/** A bundle of the template takes 40 % of the time of level 6, and 8 % more bytes. */
const LEVEL = 1;

/** Every file has this time, so that the same content makes the same archive. */
const TIME = new Date(2000, 0, 1);

/** Writes the bundle as a zip and answers its size in bytes. The same bundle is the same zip, byte for byte. */
export async function writeBundle(
  bundle: Bundle,
  file: string,
  signal: AbortSignal,
  limit = BUNDLE_LIMIT,
): Promise<number> {
  const zip = new ZipFile();
  for (const { path, mode, content } of bundle.entries) {
    const options = { mtime: TIME, mode: 0o100000 | mode, forceDosTimestamp: true, compressionLevel: LEVEL };
    if ("text" in content) zip.addBuffer(Buffer.from(content.text), path, options);
    else zip.addFile(content.file, path, options);
  }
  zip.end();
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > limit ? tooLarge(bundle, limit) : null, chunk);
    },
  });
  // A file that vanishes meanwhile is told by the archive, not by its stream.
  zip.on("error", (error: Error) => measure.destroy(error));
  await pipeline(zip.outputStream, measure, createWriteStream(file), { signal });
  return size;
}

function tooLarge(bundle: Bundle, limit: number): UserError {
  const largest = bundle.entries
    .toSorted((a, b) => b.size - a.size)
    .slice(0, 3)
    .map(({ path, size }) => `${path} (${Math.round(size / 1e6)} MB)`);
  return new UserError({
    reason: "bundle-too-large",
    message: `The bundle is larger than the ${limit / 1024 / 1024} MB that Elastic Beanstalk takes.`,
    hint: `List what the service does not need in .ebignore; models belong on EFS (bertops push-model). The largest files: ${largest.join(", ")}.`,
    next: ["bertops push-model DIR"],
    exitCode: EXIT.usage,
  });
}
