import { constants, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import type { Emit } from "../../events.ts";
import { copyBlocks } from "../../store/destination/copy-blocks.ts";
import type { Destination } from "../../store/destination/destination.ts";
import { writeFailure } from "../../store/destination/failures.ts";
import type { Staging } from "../../store/destination/staging.ts";
import { openWriter, type Writer } from "../../store/destination/writer.ts";
import type { Dial } from "../../store/host.ts";
import { MANIFEST_NAME, versionDirectory } from "../../store/layout.ts";
import { BLOCK_SIZE, type Manifest, serialiseManifest } from "../../store/manifest.ts";
import type { OpenedToRead } from "../../store/open-to-read.ts";
import type { LocalCopy, PullPlan } from "../../store/pull-plan.ts";
import { SMALL } from "../../store/small-file.ts";
import { download } from "../../store/transfer/download.ts";
import type { Piece } from "../../store/transfer/pieces.ts";
import { programFetchLane } from "../../store/transfer/program-fetch-lane.ts";
import type { Senders } from "../../store/transfer/sender.ts";
import { sftpFetchLane } from "../../store/transfer/sftp-fetch-lane.ts";
import type { LinkOptions } from "../../store/transfer/upload.ts";
import { explainStop } from "./pull-failures.ts";
import type { ModelStore } from "./store.ts";

export interface FetchOptions {
  readonly store: ModelStore;
  readonly opened: OpenedToRead;
  readonly destination: Destination;
  readonly staging: Staging;
  readonly manifest: Manifest;
  readonly dial: Dial;
  readonly senders: Senders;
  readonly link?: LinkOptions;
  readonly emit: Emit;
}

/** What came of it. */
export interface Fetched {
  readonly bytesFetched: number;
  readonly bytesReused: number;
  /** From the first bytes that came to the last. */
  readonly fetchSeconds: number;
  readonly connections: number;
}

/** Puts together in the staging what a plan says, from what this machine has and what the host sends. */
export async function fetchFiles(plan: PullPlan, options: FetchOptions): Promise<Fetched> {
  const { store, staging } = options;
  const meter = new Meter(plan, options);
  const stop = new AbortController();
  const signal = AbortSignal.any([store.signal, stop.signal]);
  const writer = openWriter(staging.tree);
  try {
    await prepare(plan, writer, options);
    const fetching = fetchPieces(plan.pieces, { ...options, plan, writer, meter, signal });
    const copying = copyBlocks(plan.copies, writer, signal);
    for (const work of [fetching, copying]) work.catch((error: unknown) => stop.abort(error));
    await Promise.allSettled([fetching, copying]);
    signal.throwIfAborted();
    const lacking = (await copying).map(pieceOf);
    const again = await fetchPieces(lacking, { ...options, plan, writer, meter, signal });
    return meter.result(Math.max(await fetching, again));
  } catch (error) {
    throw store.signal.aborted ? meter.explain(store.signal.reason) : error;
  } finally {
    await writer.close();
  }
}

/** Makes what needs no bytes: empty directories and files, files under another name, and the manifest. */
async function prepare(plan: PullPlan, writer: Writer, options: FetchOptions): Promise<void> {
  const { staging, destination, manifest } = options;
  try {
    for (const name of manifest.emptyDirectories ?? [])
      mkdirSync(path.join(staging.tree, name), { recursive: true });
    for (const { file, from } of plan.moved) {
      const [old, place] = [path.join(destination.directory, from), path.join(staging.tree, file.path)];
      mkdirSync(path.dirname(place), { recursive: true });
      try {
        linkSync(old, place);
      } catch {
        await copyFile(old, place, constants.COPYFILE_FICLONE);
      }
    }
    for (const { file, missing } of plan.built) await writer.expect(file, missing);
    writeFileSync(path.join(staging.tree, MANIFEST_NAME), serialiseManifest(manifest));
  } catch (error) {
    throw writeFailure(staging.tree, error);
  }
}

interface Work extends FetchOptions {
  readonly plan: PullPlan;
  readonly writer: Writer;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

/** Resolves to the most connections that were at work. */
async function fetchPieces(pieces: readonly Piece[], work: Work): Promise<number> {
  const { store, opened, manifest, senders, link = {}, signal, meter } = work;
  if (pieces.length === 0) return 0;
  const { host, root, model } = store;
  const sends = opened.sender !== undefined;
  return download({
    host,
    dial: work.dial,
    pieces,
    run: sends
      ? programFetchLane(`versions/${manifest.version}`, senders)
      : sftpFetchLane(versionDirectory(root, model, manifest.version)),
    keeps: ({ file }) => file.size > SMALL || work.plan.alsoAt.size > 0,
    write: (piece, data) => writePiece(piece, data, work),
    link,
    signal,
    onBytes: (count, connections) => meter.came(count, connections),
  });
}

/** Writes what came to all places that want it. */
function writePiece(piece: Piece, data: Buffer, { plan, writer }: Work): Promise<void> | undefined {
  const { file, start, length } = piece;
  const blocks = Math.ceil(length / BLOCK_SIZE);
  const written = writer.write(file, start, data, blocks);
  if (plan.alsoAt.size === 0) return written;
  const all = written === undefined ? [] : [written];
  for (let at = 0; at < length; at += BLOCK_SIZE) {
    const block = data.subarray(at, Math.min(at + BLOCK_SIZE, length));
    for (const target of plan.alsoAt.get(file.blocks[(start + at) / BLOCK_SIZE] ?? "") ?? []) {
      const more = writer.write(target.file, target.index * BLOCK_SIZE, block, 1);
      if (more !== undefined) all.push(more);
    }
  }
  return Promise.all(all).then(() => undefined);
}

function pieceOf({ file, index }: LocalCopy): Piece {
  const start = index * BLOCK_SIZE;
  return { file, start, length: Math.min(BLOCK_SIZE, file.size - start) };
}

/** Follows how much has come. */
class Meter {
  readonly #plan: PullPlan;
  readonly #options: FetchOptions;
  #done = 0;
  #began: number | undefined;
  #ended = 0;

  constructor(plan: PullPlan, options: FetchOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  came(count: number, connections: number): void {
    const { emit, manifest, store } = this.#options;
    this.#ended = performance.now();
    this.#began ??= this.#ended;
    this.#done += count;
    emit({
      type: "progress",
      id: "pull",
      label: `pull ${store.model}`,
      done: this.#done,
      total: Math.max(this.#done, this.#plan.bytesFetched),
      unit: "bytes",
      connections,
      reused: Math.max(0, manifest.bytes - this.#plan.bytesFetched),
    });
  }

  /** Why it was stopped, completed by what stays. */
  explain(reason: unknown): unknown {
    const { bytes } = this.#options.manifest;
    return explainStop(reason, bytes - this.#plan.bytesNeeded + this.#done, bytes);
  }

  result(connections: number): Fetched {
    return {
      bytesFetched: this.#done,
      bytesReused: Math.max(0, this.#options.manifest.bytes - this.#done),
      fetchSeconds: this.#began === undefined ? 0 : Math.round(this.#ended - this.#began) / 1000,
      connections,
    };
  }
}
