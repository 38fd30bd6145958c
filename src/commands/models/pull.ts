import path from "node:path";
import { linkOptions } from "../link-options.ts";
import { megabytes } from "../push-model.ts";
import { textOf } from "../option-values.ts";
import type { Work } from "./work.ts";

/** `models pull`: fetches a version. */
export const pull: Work = async (store, { invocation, opened }) => {
  const { args, options, world } = invocation;
  const link = linkOptions(invocation);
  const { pullVersion } = await import("../../operations/models/pull.ts");
  const version = textOf(options["versionId"]);
  const pulled = await pullVersion(store, {
    directory: path.resolve(world.cwd, args[0] ?? ""),
    dial: opened.dial,
    link,
    emit: world.emit,
    ...(version === undefined ? {} : { version }),
  });
  const { directory, files, bytes, seconds } = pulled;
  return {
    json: { model: store.model, ...pulled, verified: true },
    lines: [
      `${store.model}: ${pulled.version}, ${files} files, ${megabytes(bytes)}, verified, in ${directory} (${seconds} s)`,
    ],
  };
};
