import path from "node:path";
import type { Command } from "commander";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../errors.ts";
import type { VersionAnswer } from "../operations/push/await-version.ts";
import type { Content } from "../operations/push/content.ts";
import type { PushResult } from "../operations/push/outcome.ts";
import type { CommandResult } from "../result.ts";
import type { SeenManifests } from "../store/seen-manifests.ts";
import type { Act, Invocation } from "./act.ts";
import { addConversionFlags, type ConversionFlags, conversionFlags } from "./conversion-flags.ts";
import { addCompressOption, addLinkOptions, linkOptions } from "./link-options.ts";
import { lockWait, modelStore } from "./models/work.ts";
import { askService, describeService } from "./service-answer.ts";
import { sizeOf, textOf } from "./option-values.ts";
import { addSshOptions, hostWords, pusherOf } from "./ssh-options.ts";
import { openStores, type OpenStore, type StoreName, type Stores } from "./stores.ts";

/** `bertops push-model`: puts a model into the store and makes it the one that readers get. */
export function pushModel(program: Command, act: Act): void {
  const command = program
    .command("push-model")
    .description("send a model to the store, verify it and make it current")
    .argument("[dir]", "the model's directory, as it was released or prepared by `bertops convert`", ".")
    .option("--model <name>", "its name in the store")
    .option("--raw", "send the directory as it is")
    .option("--copy-links", "send what links lead to, wherever that is")
    .option("--no-activate", "leave the current version as it is")
    .option("--wait [duration]", "wait for somebody else's lock (10m)")
    .option("--no-wait", "do not wait until the service answers with the new version")
    .option("--no-rollback", "keep the new version current even if the service cannot load it")
    .option("--quota <size>", "refuse what would make the store larger than this: 500GB")
    .option("--no-cache", "read every file, even if it looks unchanged since the last push")
    .option("--root <dir>", "the store's directory (default: MOUNTPOINT/models)")
    .addHelpText("after", EXAMPLES);
  addConversionFlags(addCompressOption(addLinkOptions(command)).optionsGroup("Conversion options:"));
  act(addSshOptions(command), run, { changes: true });
}

const EXAMPLES = `
Examples:
  bertops push-model uncased_L-12_H-768_A-12
  bertops push-model ./model --no-activate --wait
  bertops push-model ./weights --raw --model llama \\
      --host me@gpu-box --root /srv/models

What is in the store already does not travel again.
A push that was cut continues.`;

async function run(invocation: Invocation): Promise<CommandResult> {
  const { args, options, world, global } = invocation;
  const source = path.resolve(world.cwd, args[0] ?? ".");
  // Wrong words are told before a model is converted and hosts are asked.
  const link = linkOptions(invocation);
  const wait = lockWait(options["wait"]);
  const quota = sizeOf(options["quota"], "--quota");
  const flags = conversionFlags(options, "push-model");
  const prepared = await preparedDirectory(source, flags, invocation);
  const unwanted = new AbortController();
  let onAsked = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const opening = openStores(until(unwanted.signal, invocation), {
    onAsked,
    async worthEarly(store, roundTrip) {
      if (global.dryRun) return 0;
      const { worthEarly } = await import("../operations/push/worth-early.ts");
      const { manifests } = await (await seen)(store);
      return worthEarly(await reading, manifests, roundTrip, link);
    },
  });
  // What is wrong with the directory is told first, whatever is wrong with the host.
  opening.catch(onAsked);
  // It is read while hosts are logged in to: they take longest, and whatever is done before delays them.
  const reading = asked.then(() => readDirectory(prepared, invocation));
  const seen = asked.then(() => seenManifests(source, invocation));
  const modules = asked.then(() =>
    Promise.all([import("../store/layout.ts"), import("../operations/push/push.ts")]),
  );
  for (const one of [seen, modules]) one.catch(() => undefined);
  const content = await reading.catch((error: unknown) => {
    unwanted.abort(error);
    opening.then(
      (stores) => stores.close(),
      () => undefined,
    );
    throw error;
  });
  const stores = await opening.catch((error: unknown) => {
    content.close();
    throw error;
  });
  try {
    const [{ checkModelName }, { push }] = await modules;
    const seenIn = await seen;
    const model = checkModelName(modelName(source, stores.config, invocation));
    const limit = quota ?? stores.config.fileSystem.quota;
    const results: { readonly store: OpenStore; readonly result: PushResult }[] = [];
    for (const store of stores.stores) {
      const result = await push({
        content,
        model,
        root: store.root,
        activate: options["activate"] !== false,
        dryRun: global.dryRun,
        wait,
        ...(limit === undefined ? {} : { quota: limit }),
        link,
        pusher: pusherOf(),
        host: store.host,
        dial: store.dial,
        early: store.early,
        seen: await seenIn(store),
        emit: world.emit,
        signal: world.signal,
        now: world.now,
      });
      results.push({ store, result });
    }
    const service = await confirm(results[0], { stores, invocation });
    const next = results.slice(0, 1).flatMap(({ result }) => nextStep(result, invocation));
    return present(results, { dryRun: global.dryRun, service, next });
  } finally {
    content.close();
    stores.close();
  }
}

/** The same call, which ends with a signal of its own. */
function until(signal: AbortSignal, invocation: Invocation): Invocation {
  const { world } = invocation;
  return { ...invocation, world: { ...world, signal: AbortSignal.any([world.signal, signal]) } };
}

/** Begins to read what is sent. */
async function readDirectory(directory: string, { options, world }: Invocation): Promise<Content> {
  const { openContent } = await import("../operations/push/content.ts");
  const { cacheDirectory } = await import("../operations/cache-directory.ts");
  return openContent({
    directory,
    copyLinks: options["copyLinks"] === true,
    ...(options["cache"] === false ? {} : { cache: path.join(cacheDirectory(world.environment), "hashes") }),
    emit: world.emit,
    signal: world.signal,
  });
}

/** What this machine saw in a store before, read once for each. */
async function seenManifests(
  source: string,
  invocation: Invocation,
): Promise<(store: StoreName) => Promise<SeenManifests>> {
  const { NONE_SEEN, openSeenManifests } = await import("../store/seen-manifests.ts");
  if (invocation.options["cache"] === false) return () => Promise.resolve(NONE_SEEN);
  const { cacheDirectory } = await import("../operations/cache-directory.ts");
  const opened = new Map<string, Promise<SeenManifests>>();
  return ({ of, root, config }) => {
    const place = [of, root, modelName(source, config, invocation)];
    const key = JSON.stringify(place);
    const directory = path.join(cacheDirectory(invocation.world.environment), "manifests");
    const seen = opened.get(key) ?? openSeenManifests(directory, place);
    opened.set(key, seen);
    return seen;
  };
}

/** The directory to send: as it is, or converted into what the service loads. */
async function preparedDirectory(
  source: string,
  flags: ConversionFlags,
  invocation: Invocation,
): Promise<string> {
  if (invocation.options["raw"] === true) return source;
  const { prepareForPush } = await import("../operations/push/prepare-for-push.ts");
  const { configOf } = await import("./with-aws.ts");
  const config = await configOf(invocation, hostWords(invocation).length > 0);
  const { world } = invocation;
  return prepareForPush({
    source,
    model: config.model,
    flags,
    choose: world.ask.choose,
    environment: world.environment,
    emit: world.emit,
    signal: world.signal,
  });
}

/** Asks the service about the version that was pushed, where it is current now. */
async function confirm(
  pushed: { readonly store: OpenStore; readonly result: PushResult } | undefined,
  call: { readonly stores: Stores; readonly invocation: Invocation },
): Promise<VersionAnswer | undefined> {
  if (pushed === undefined || !pushed.result.active || call.invocation.global.dryRun) return undefined;
  const { model, version, previous } = pushed.result;
  const store = modelStore(pushed.store, model, call.invocation);
  return askService(store, { version, previous: previous ?? undefined }, call);
}

function modelName(source: string, config: Config, invocation: Invocation): string {
  const named = textOf(invocation.options["model"]);
  if (named !== undefined) return named;
  if (config.file !== undefined || hostWords(invocation).length === 0) return config.model.name;
  return path.basename(source);
}

function present(
  results: readonly { readonly store: OpenStore; readonly result: PushResult }[],
  {
    dryRun,
    service,
    next,
  }: {
    readonly dryRun: boolean;
    readonly service: VersionAnswer | undefined;
    readonly next: readonly string[];
  },
): CommandResult {
  const [first] = results;
  if (first === undefined)
    throw new UserError({ reason: "no-host", message: "There is no host to push to.", exitCode: EXIT.usage });
  const many =
    results.length > 1
      ? { hosts: results.map(({ store, result }) => ({ id: store.access.id, ...result })) }
      : {};
  return {
    json: {
      ...first.result,
      ...(dryRun ? { dryRun } : {}),
      ...many,
      ...(service === undefined ? {} : { service }),
    },
    lines: [
      ...results.flatMap(({ store, result }) => describe(store, result, dryRun)),
      ...(service === undefined ? [] : describeService(service)),
      ...next,
    ],
  };
}

function describe({ access }: OpenStore, result: PushResult, dryRun: boolean): readonly string[] {
  const { model, version, active, bytes, bytesSent, bytesReused, seconds, sendSeconds, files } = result;
  if (dryRun)
    return [
      result.unchanged || bytesSent === 0
        ? `${model}: ${access.id} has all of it (${megabytes(bytes)}, ${counted(files)}); nothing would be sent.`
        : `${model}: ${megabytes(bytesSent)} would be sent to ${access.id}, ${megabytes(bytesReused)} are there already.`,
    ];
  if (result.unchanged)
    return [
      `${model}: unchanged, version ${version}${active ? " is current" : ""} (${megabytes(bytes)}, nothing sent)`,
    ];
  const rate = bytesSent > 0 && sendSeconds > 0 ? ` at ${megabytes(bytesSent / sendSeconds)}/s` : "";
  const reused = bytesReused > 0 ? `${megabytes(bytesReused)} reused, ` : "";
  return [
    `${model}: version ${version}${active ? " is current" : " is in the store, not current"}`,
    `  ${counted(files)}, ${megabytes(bytes)}: ${reused}${megabytes(bytesSent)} sent${rate}, verified, ${seconds} s`,
  ];
}

function nextStep({ active, version, unchanged }: PushResult, invocation: Invocation): readonly string[] {
  if (invocation.global.dryRun || unchanged) return [];
  if (!active) return [`Next: bertops models use ${version}`];
  // Where a host serves that AWS knows nothing of, nobody said.
  return hostWords(invocation).length > 0 ? [] : ["Next: bertops test-endpoint"];
}

function counted(files: number): string {
  return files === 1 ? "1 file" : `${files} files`;
}

/** `1.2 MB`, in powers of ten. */
export function megabytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
