import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { Emit } from "../../events.ts";
import { type Destination, findDestination } from "../../store/destination/destination.ts";
import { checkTwins, findTwins } from "../../store/destination/names.ts";
import { publish } from "../../store/destination/publish.ts";
import { openStaging } from "../../store/destination/staging.ts";
import type { Dial } from "../../store/host.ts";
import { INCOMING_NAME } from "../../store/layout.ts";
import type { Manifest } from "../../store/manifest.ts";
import { type OpenedToRead, openToRead } from "../../store/open-to-read.ts";
import { planPull, type PullPlan } from "../../store/pull-plan.ts";
import type { EarlyDial } from "../../store/transfer/early-dial.ts";
import { firstLanes } from "../../store/transfer/lane-count.ts";
import { Senders } from "../../store/transfer/sender.ts";
import type { LinkOptions } from "../../store/transfer/upload.ts";
import { guardKeys } from "../hosts/guard-keys.ts";
import { type Fetched, fetchFiles } from "./fetch-files.ts";
import { baseIn, findBegun, lookAt, remember } from "./present.ts";
import { checkConflicts, checkLocalSpace, notEmpty } from "./pull-failures.ts";
import { startReading } from "./readers.ts";
import type { ModelStore } from "./store.ts";
import { wantedVersion } from "./wanted-version.ts";

export interface PullOptions {
  /** Default: the current version. */
  readonly version?: string;
  readonly directory: string;
  /** Replace what is in the way, though it was not fetched or was changed since. */
  readonly force?: boolean;
  readonly dial: Dial;
  /** Where `dial` gives connections that log in already. */
  readonly early?: EarlyDial;
  readonly link?: LinkOptions;
  /** A directory of this machine where hashes are kept; absent: every file is read. */
  readonly cache?: string;
  readonly emit: Emit;
}

export interface PulledVersion {
  readonly version: string;
  readonly directory: string;
  /** True where the directory was so already. */
  readonly unchanged: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly bytesFetched: number;
  readonly bytesReused: number;
  readonly seconds: number;
  /** The part of them in which bytes travelled; 0 where none did. */
  readonly fetchSeconds: number;
  readonly connections: number;
}

/**
 * Makes a directory what a version of the store is. Only what this machine lacks is fetched; files get their names when they are whole
 * and verified, and what was fetched is kept for the next time when it is cut off.
 */
export async function pullVersion(given: ModelStore, options: PullOptions): Promise<PulledVersion> {
  const started = performance.now();
  const guarded = guardKeys(options.dial, given.signal);
  const store: ModelStore = { ...given, signal: guarded.signal };
  const destination = await findDestination(options.directory);
  const base = await baseIn(destination, store.model);
  if (base === undefined && options.force !== true) await checkEmpty(destination);
  const opened = await openToRead(store.host, store);
  const senders = new Senders(`${store.root}/${store.model}`);
  if (opened.sender !== undefined) senders.keep(store.host, opened.sender);
  if (opened.sender !== undefined) options.early?.each((host) => senders.begin(host));
  try {
    const manifest = await wantedVersion(store, opened, {
      ...(options.version === undefined ? {} : { named: options.version }),
      ...(base === undefined ? {} : { base }),
      onSize(size) {
        const { directory, early, link = {} } = options;
        if (early === undefined) return;
        worthEarly(directory, store.host.roundTrip, link, size).then(early.begin, () => undefined);
      },
    });
    const stage = { store, opened, senders, destination, manifest, base };
    const done = await pullInto(stage, { ...options, dial: guarded.dial });
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { version: manifest.version, directory: options.directory, ...done, seconds };
  } catch (error) {
    // A changed host key is met on the way by a connection that nobody waits for.
    throw guarded.signal.aborted && !given.signal.aborted ? guarded.signal.reason : error;
  } finally {
    options.early?.close();
    opened.sender?.abandon();
  }
}

/** Bytes of a model of which nothing is known yet: whoever fetches one has a large one, as a rule. */
const LIKELY_BYTES = 256_000_000;

/**
 * How many further connections may as well log in with the first one, `roundTrip` milliseconds away. Where something is there already,
 * nobody knows yet how much is lacking.
 */
export async function worthEarly(
  directory: string,
  roundTrip: number,
  link: LinkOptions,
  size = { bytes: LIKELY_BYTES, files: 1 },
): Promise<number> {
  if (!(await isNew(await findDestination(directory)))) return 0;
  return (link.connections ?? firstLanes({ roundTrip, ...size })) - 1;
}

async function isNew({ directory, exists, staging }: Destination): Promise<boolean> {
  return exists ? (await readdir(directory)).length === 0 : !existsSync(staging);
}

interface Stage {
  readonly store: ModelStore;
  readonly opened: OpenedToRead;
  readonly senders: Senders;
  readonly destination: Destination;
  readonly manifest: Manifest;
  readonly base: Manifest | undefined;
}

async function pullInto(stage: Stage, options: PullOptions) {
  const { store, destination, manifest, base } = stage;
  const { signal } = store;
  const summary = { files: manifest.fileCount, bytes: manifest.bytes };
  const { present, cache } = await lookAt(destination, manifest, { ...options, base, signal });
  const first = planPull(manifest, { ...present, staged: new Map() });
  if (options.force !== true) checkConflicts(first, destination);
  const step = { type: "step", id: "pull", label: `pull ${store.model}` } as const;
  const unchanged = isDone(first, stage, present.others);
  const nothing = { bytesFetched: 0, bytesReused: manifest.bytes, fetchSeconds: 0, connections: 0 };
  if (unchanged && !existsSync(destination.staging)) {
    options.emit({ ...step, state: "unchanged", detail: manifest.version });
    return { unchanged, ...summary, ...nothing };
  }
  const staging = await openStaging(destination.staging);
  try {
    checkTwins(findTwins(manifest.files.map(({ path }) => path)), destination.staging);
    const building = first.built.map(({ file }) => file);
    const staged = await findBegun(staging, building, { emit: options.emit, signal });
    const plan = staged.size === 0 ? first : planPull(manifest, { ...present, staged });
    let fetched: Fetched = nothing;
    if (!unchanged) {
      await checkLocalSpace(plan, destination.staging);
      options.emit({ ...step, state: "started", detail: manifest.version });
      const reading = plan.pieces.length > 0 ? startReading(store, manifest.version) : undefined;
      let ended: Promise<void> | undefined;
      try {
        fetched = await fetchFiles(plan, { ...stage, ...options, staging });
        ended = reading?.end();
        await publish(plan, destination, staging);
        await remember(manifest, destination, { cache, signal });
      } finally {
        await (ended ?? reading?.end());
      }
    }
    await staging.remove();
    options.emit({ ...step, state: unchanged ? "unchanged" : "done", detail: manifest.version });
    return { unchanged, ...summary, ...fetched };
  } finally {
    staging.release();
  }
}

/** Is the directory just what it should be? */
function isDone(
  { kept, built, moved, removed }: PullPlan,
  { destination, manifest, base }: Stage,
  others: ReadonlyMap<string, string>,
): boolean {
  return (
    destination.exists &&
    base?.version === manifest.version &&
    built.length + moved.length + removed.length === 0 &&
    kept.every(({ mode }) => !mode) &&
    (manifest.emptyDirectories ?? []).every((name) => others.get(name) === "directory")
  );
}

/** What an earlier fetch began there is no obstacle. */
async function checkEmpty(destination: Destination): Promise<void> {
  if (!destination.exists) return;
  const names = await readdir(destination.directory);
  if (names.some((name) => name !== INCOMING_NAME)) throw notEmpty(destination);
}
