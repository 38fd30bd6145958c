import { UserError } from "../../errors.ts";
import type { Emit } from "../../events.ts";
import type { Dial, StoreHost } from "../../store/host.ts";
import { checkPath } from "../../store/layout.ts";
import { knownContent } from "../../store/known-content.ts";
import {
  type HeldLock,
  type LockAttempt,
  LOCKED,
  type LockHolder,
  type LockRequest,
  requestLock,
  takeLock,
} from "../../store/lock.ts";
import { type OpenedStore, openStore } from "../../store/open-store.ts";
import type { SeenManifests } from "../../store/seen-manifests.ts";
import { USE } from "../../store/scripts/publish.ts";
import { checkWritable, measureStore, surveyStore } from "../../store/survey.ts";
import type { EarlyDial } from "../../store/transfer/early-dial.ts";
import { HostPrograms } from "../../store/transfer/host-programs.ts";
import type { LinkOptions } from "../../store/transfer/upload.ts";
import { historyLine } from "../models/history.ts";
import { guardKeys } from "../hosts/guard-keys.ts";
import type { Content } from "./content.ts";
import { findVersion } from "./find-version.ts";
import { type PushOutcome, type PushResult, summary, unsent } from "./outcome.ts";
import { rehearse } from "./rehearse.ts";
import { sendMeter } from "./send-meter.ts";
import { knownVersions, sendVersion } from "./send-version.ts";

/** Who pushes: shown in the lock, the manifest and the history. */
export interface Pusher {
  readonly user: string;
  readonly machine: string;
}

export interface PushOptions {
  /** What is pushed. */
  readonly content: Content;
  readonly model: string;
  readonly root: string;
  readonly activate: boolean;
  /** Only say what would travel. */
  readonly dryRun?: boolean;
  /** Bytes that the store may hold at most, all models together. */
  readonly quota?: number;
  /** Milliseconds to wait for somebody else's lock. */
  readonly wait: number;
  readonly link?: LinkOptions;
  readonly pusher: Pusher;
  readonly host: StoreHost;
  readonly dial: Dial;
  /** Where `dial` gives connections that log in already. */
  readonly early?: EarlyDial;
  /** What this machine knows of the store. */
  readonly seen?: SeenManifests;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** What a push has begun before it knows what to do. */
interface Begun {
  readonly request: LockRequest;
  readonly programs: HostPrograms;
}

/** Puts a directory into the store as a version of a model. Only what the store doesn't have travels. */
export async function push(given: PushOptions): Promise<PushResult> {
  const started = given.now().getTime();
  const meter = sendMeter(given.emit);
  const guarded = guardKeys(given.dial, given.signal);
  const options: PushOptions = { ...given, ...guarded, emit: meter.emit };
  const request = requestLock(holderOf(options));
  const programs = new HostPrograms(`${given.root}/${given.model}`, request.token);
  try {
    if (options.dryRun !== true) given.early?.each((host) => programs.begin(host));
    const outcome = await pushContent(options, { request, programs }).finally(given.early?.close);
    await given.seen?.keep();
    const seconds = Math.round((options.now().getTime() - started) / 100) / 10;
    return { ...outcome, seconds, sendSeconds: meter.seconds() };
  } catch (error) {
    // A changed host key is met on the way by a connection that nobody waits for.
    if (guarded.signal.aborted && !given.signal.aborted) throw guarded.signal.reason;
    throw given.signal.aborted ? meter.explain(given.signal.reason, given.host.label) : error;
  }
}

async function pushContent(options: PushOptions, begun: Begun): Promise<PushOutcome> {
  const { content, host, root, model, signal, seen } = options;
  for (const { path } of content.files) checkPath(root, model, path);
  if (options.dryRun === true) return rehearse(options);
  const wanted = content.isRead() ? { content: content.hash().slice(0, 8) } : {};
  const opened = await openStore(host, { root, model, lock: begun.request, signal, seen, ...wanted });
  const { survey, program } = opened;
  try {
    // Where nothing can be written, the store may still have it.
    if (!survey.writable) await content.read(() => true);
    if (wanted.content !== undefined || !survey.writable) {
      const there = await findVersion(survey, options, opened.alike);
      if (there !== undefined && (!options.activate || survey.current === there)) {
        await content.settle();
        await content.keep();
        return unsent(there, survey, false, options);
      }
    }
    checkWritable(survey, host.label);
    if (program !== undefined) begun.programs.keep(host, program);
    return await withLock(options, { request: begun.request, answer: opened.lock }, (lock) =>
      pushLocked(options, { ...begun, opened, lock }),
    );
  } catch (error) {
    // Nothing of ours writes any more when the command has ended.
    await program?.close();
    throw error;
  } finally {
    program?.channel.end();
  }
}

/** Files that are not read yet are read under the lock, so that what is new can go out at once. */
async function pushLocked(
  options: PushOptions,
  { opened, lock, programs }: Begun & { readonly opened: OpenedStore; readonly lock: HeldLock },
): Promise<PushOutcome> {
  const { content, host, root, model, signal, quota } = options;
  // Where it was not taken at once, whoever held it may have pushed just this.
  const atOnce = opened.lock === LOCKED;
  const survey = atOnce ? opened.survey : await surveyStore(host, root, model, signal);
  const versions = atOnce ? knownContent(opened.manifests) : await knownVersions(survey, options);
  await content.read((file) => versions.mayBeWhole(file));
  const version = content.isRead() ? await findVersion(survey, options) : undefined;
  if (version !== undefined) {
    await content.settle();
    await content.keep();
    const switched = options.activate && survey.current !== version;
    if (switched) await activate(version, options);
    return unsent(version, survey, switched, options);
  }
  const used = quota === undefined ? undefined : await measureStore(host, root, signal);
  const measured = used === undefined ? survey : { ...survey, used };
  const sent = await sendVersion(options, {
    known: versions,
    survey: measured,
    lock,
    programs,
    ...(opened.program === undefined ? {} : { program: opened.program }),
  });
  return {
    ...summary(sent.version, options),
    active: options.activate,
    previous: survey.current ?? null,
    unchanged: false,
    bytesSent: sent.bytes,
    bytesReused: Math.max(0, content.bytes - sent.bytes),
    connections: sent.connections,
  };
}

function holderOf({ pusher, now }: PushOptions): LockHolder {
  return { owner: pusher.user, host: pusher.machine, since: now().toISOString() };
}

async function withLock<T>(
  options: PushOptions,
  attempt: LockAttempt,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const { host, root, model, signal } = options;
  const taking = {
    root,
    model,
    signal,
    wait: options.wait,
    holder: holderOf(options),
    onWait: (holder: string) => options.emit({ type: "note", message: `Waiting for the lock of ${holder}.` }),
  };
  const lock = await takeLock(host, taking, attempt);
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
