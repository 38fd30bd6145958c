import path from "node:path";
import type { PulledVersion } from "../../operations/models/pull.ts";
import { linkOptions } from "../link-options.ts";
import { megabytes } from "../push-model.ts";
import { textOf } from "../option-values.ts";
import type { Invocation } from "../act.ts";
import type { EarlyWork, Work } from "./work.ts";

/** How many connections log in with the first one. */
export const worthEarly: EarlyWork = (invocation) => async (_store, roundTrip) => {
  const operation = await import("../../operations/models/pull.ts");
  return operation.worthEarly(directoryOf(invocation), roundTrip, linkOptions(invocation));
};

/** `models pull`: fetches a version. */
export const pull: Work = async (store, { invocation, opened }) => {
  const { options, world } = invocation;
  const link = linkOptions(invocation);
  const { pullVersion } = await import("../../operations/models/pull.ts");
  const { cacheDirectory } = await import("../../operations/cache-directory.ts");
  const version = textOf(options["versionId"]);
  const pulled = await pullVersion(store, {
    directory: directoryOf(invocation),
    force: options["force"] === true,
    dial: opened.dial,
    early: opened.early,
    link,
    ...(options["cache"] === false ? {} : { cache: path.join(cacheDirectory(world.environment), "hashes") }),
    emit: world.emit,
    ...(version === undefined ? {} : { version }),
  });
  return { json: { model: store.model, ...pulled, verified: true }, lines: describe(store.model, pulled) };
};

function directoryOf({ args, world }: Invocation): string {
  return path.resolve(world.cwd, args[0] ?? "");
}

function describe(model: string, pulled: PulledVersion): readonly string[] {
  const { version, directory, unchanged, files, bytes, bytesFetched, bytesReused, seconds, fetchSeconds } =
    pulled;
  if (unchanged)
    return [`${model}: unchanged, ${directory} is ${version} (${megabytes(bytes)}, nothing fetched)`];
  const rate = bytesFetched > 0 && fetchSeconds > 0 ? ` at ${megabytes(bytesFetched / fetchSeconds)}/s` : "";
  const reused = bytesReused > 0 ? `${megabytes(bytesReused)} reused, ` : "";
  return [
    `${model}: ${version} is in ${directory}`,
    `  ${files} files, ${megabytes(bytes)}: ${reused}${megabytes(bytesFetched)} fetched${rate}, verified, ${seconds} s`,
  ];
}
