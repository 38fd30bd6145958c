import { UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import { fileOutcomes } from "../../store/file-outcomes.ts";
import { isRead } from "../../store/hash-files.ts";
import type { Dial, StoreHost } from "../../store/host.ts";
import { checkPath } from "../../store/layout.ts";
import { type HeldLock, takeLock } from "../../store/lock.ts";
import { contentHash } from "../../store/manifest.ts";
import { USE } from "../../store/scripts/publish.ts";
import { checkWritable, measureStore, surveyStore, type Survey } from "../../store/survey.ts";
import { planPush } from "../../store/push-plan.ts";
import { earlyDial } from "../../store/transfer/early-dial.ts";
import { type Piece, pieces } from "../../store/transfer/pieces.ts";
import { laneLimits, likelyBytes, type LinkOptions } from "../../store/transfer/upload.ts";
import { contentOf, versionId } from "../../store/version-id.ts";
import { readManifest } from "../models/read-manifest.ts";
import { historyLine } from "../models/history.ts";
import { guardKeys } from "../hosts/guard-keys.ts";
import { type Content, openContent } from "./content.ts";
import { sendMeter } from "./send-meter.ts";
import { knownVersions, sendVersion } from "./send-version.ts";

/** Who pushes: shown in the lock, the manifest and the history. */
export interface Pusher {
  readonly user: string;
  readonly machine: string;
}

export interface PushOptions {
  /** What is pushed, as it is. */
  readonly directory: string;
  readonly model: string;
  readonly root: string;
  readonly activate: boolean;
  /** Send what links lead to, wherever that is. */
  readonly copyLinks?: boolean;
  /** Only say what would travel. */
  readonly dryRun?: boolean;
  /** Bytes that the store may hold at most, all models together. */
  readonly quota?: number;
  /** Milliseconds to wait for somebody else's lock. */
  readonly wait: number;
  /** A directory of this machine where hashes of files are kept; absent: every file is read. */
  readonly cache?: string;
  readonly link?: LinkOptions;
  readonly pusher: Pusher;
  readonly host: StoreHost;
  readonly dial: Dial;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export interface PushResult {
  readonly model: string;
  readonly version: string;
  /** Is it what readers get now? */
  readonly active: boolean;
  /** What was current before. */
  readonly previous: string | null;
  /** True where the store had it already, and nothing changed. */
  readonly unchanged: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly bytesSent: number;
  readonly bytesReused: number;
  readonly seconds: number;
  /** The part of them in which bytes travelled; 0 where none did. */
  readonly sendSeconds: number;
  readonly connections: number;
  readonly verified: boolean;
}

/** Puts a directory into the store as a version of a model. Only what the store doesn't have travels. */
export async function push(given: PushOptions): Promise<PushResult> {
  const started = given.now().getTime();
  const meter = sendMeter(given.emit);
  const guarded = guardKeys(given.dial, given.signal);
  const options: PushOptions = { ...given, ...guarded, emit: meter.emit };
  try {
    const { directory, copyLinks = false, cache, emit, signal } = options;
    const content = await openContent({
      directory,
      copyLinks,
      emit,
      signal,
      ...(cache === undefined ? {} : { cache }),
    });
    const early = earlyDial(guarded.dial, worthEarly(content, options));
    const outcome = await pushContent(content, { ...options, dial: early.dial }).finally(early.close);
    const seconds = Math.round((options.now().getTime() - started) / 100) / 10;
    return { ...outcome, seconds, sendSeconds: meter.seconds() };
  } catch (error) {
    // A changed host key is met on the way by a connection that nobody waits for.
    if (guarded.signal.aborted && !given.signal.aborted) throw guarded.signal.reason;
    throw given.signal.aborted ? meter.explain(given.signal.reason, given.host.label) : error;
  }
}

/** How many connections may as well log in while the store is looked at: those that unread files would travel over. */
function worthEarly(content: Content, { host, link = {}, dryRun = false }: PushOptions): number {
  const unread = content.files.filter((file) => !isRead(file));
  if (dryRun || unread.length === 0) return 0;
  const likely = (piece: Piece) => likelyBytes(piece, content.isKnownPath(piece.file.path));
  return laneLimits(host, pieces(unread), link, likely).first - 1;
}

type Outcome = Omit<PushResult, "seconds" | "sendSeconds">;

async function pushContent(content: Content, options: PushOptions): Promise<Outcome> {
  const { host, root, model, signal, quota } = options;
  for (const { path } of content.files) checkPath(root, model, path);
  const look = (): Promise<Survey> => surveyStore(host, root, model, signal);
  const survey = await look();
  // Without the lock only what can be told without sending anything. Where files must be read first, they are read under it,
  // so that what is new can go out at once.
  if (options.dryRun === true || !survey.writable) await content.read(() => true);
  const there = content.isRead() ? await findVersion(survey, content, options) : undefined;
  if (there !== undefined && (!options.activate || survey.current === there || options.dryRun === true)) {
    await content.settle();
    return known(there, survey, false, content, options);
  }
  if (options.dryRun === true) return wouldSend(content, survey, options);
  checkWritable(survey, host.label);
  const comparing = knownVersions(survey, options);
  comparing.catch(() => undefined);
  return withLock(options, async (lock) => {
    // Whoever held the lock may have pushed just this.
    const now = lock.waited ? await look() : survey;
    const versions = lock.waited ? await knownVersions(now, options) : await comparing;
    await content.read((file) => versions.mayBeWhole(file));
    const version = content.isRead() ? await findVersion(now, content, options) : undefined;
    if (version !== undefined) {
      await content.settle();
      const switched = options.activate && now.current !== version;
      if (switched) await activate(version, options);
      return known(version, now, switched, content, options);
    }
    const used = quota === undefined ? undefined : await measureStore(host, root, signal);
    const measured = used === undefined ? now : { ...now, used };
    const sent = await sendVersion(content, versions, measured, lock, options);
    return {
      ...summary(sent.version, content, options),
      active: options.activate,
      previous: now.current ?? null,
      unchanged: false,
      bytesSent: sent.bytes,
      bytesReused: Math.max(0, content.bytes - sent.bytes),
      connections: sent.connections,
    };
  });
}

/** The store has this content already. */
function known(
  version: string,
  survey: Survey,
  switched: boolean,
  content: Content,
  options: PushOptions,
): Outcome {
  options.emit({
    type: "step",
    id: "push",
    state: switched ? "done" : "unchanged",
    label: `push ${options.model}`,
    detail: switched ? `the store has it: ${version} is current again` : `the store has it: ${version}`,
  });
  return {
    ...summary(version, content, options),
    active: switched || survey.current === version,
    previous: survey.current ?? null,
    unchanged: !switched,
    bytesSent: 0,
    bytesReused: content.bytes,
    connections: 0,
  };
}

async function wouldSend(content: Content, survey: Survey, options: PushOptions): Promise<Outcome> {
  const plan = planPush(content.files, {
    known: await knownVersions(survey, options),
    copies: survey.hashTool === "python3",
    emptyDirectories: content.emptyDirectories,
  });
  for (const outcome of fileOutcomes(content.files, plan)) options.emit(outcome);
  return {
    ...summary(versionId(options.now(), content.hash()), content, options),
    active: false,
    previous: survey.current ?? null,
    unchanged: false,
    bytesSent: plan.bytesSent,
    bytesReused: content.bytes - plan.bytesSent,
    connections: 0,
    verified: false,
  };
}

/** The version that has exactly this content, which must be read, if there is one; its name alone is only a hint. */
export async function findVersion(
  survey: Survey,
  content: Content,
  options: PushOptions,
): Promise<string | undefined> {
  const hash = content.hash();
  const alike = survey.versions.filter((id) => contentOf(id) === hash.slice(0, 8));
  for (const id of alike.toReversed()) {
    const manifest = await readManifest(options.host, options.root, options.model, id);
    if (manifest !== undefined && contentHash(manifest) === hash) return id;
  }
  return undefined;
}

async function withLock<T>(options: PushOptions, work: (lock: HeldLock) => Promise<T>): Promise<T> {
  const { host, root, model, signal, pusher } = options;
  const lock = await takeLock(host, {
    root,
    model,
    signal,
    wait: options.wait,
    holder: { owner: pusher.user, host: pusher.machine, since: options.now().toISOString() },
    onWait: (holder) => options.emit({ type: "note", message: `Waiting for the lock of ${holder}.` }),
  });
  try {
    return await Promise.race([work(lock), lock.broken]);
  } finally {
    await lock.release().catch(() =>
      options.emit({
        type: "warning",
        message: `The lock on ${model} could not be given back; it will count as abandoned in two minutes.`,
        hint: `bertops models unlock --model ${model}`,
      }),
    );
  }
}

/** Makes a version current that the store has. */
export async function activate(version: string, options: PushOptions): Promise<void> {
  const { host, root, model, pusher, now } = options;
  const line = historyLine({ at: now(), action: "use", version, current: true, pusher });
  const { code, stderr } = await host.run(USE, [root, model, version, line], { signal: options.signal });
  if (code !== 0)
    throw new UserError({
      reason: "switch-failed",
      message: `${version} could not be made current: ${stderr.trim() || `exit code ${code}`}`,
      hint: "Readers still get the version they had.",
      next: ["bertops models list"],
    });
}

function summary(version: string, content: Content, options: PushOptions) {
  return { model: options.model, version, files: content.files.length, bytes: content.bytes, verified: true };
}
