import { hash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Emit, FileEvent } from "../../events.ts";
import { fileOutcomes } from "../../store/file-outcomes.ts";
import type { ContentFile } from "../../store/hash-files.ts";
import { type KnownContent, knownContent } from "../../store/known-content.ts";
import { incomingDirectory } from "../../store/layout.ts";
import type { HeldLock } from "../../store/lock.ts";
import { planPush } from "../../store/push-plan.ts";
import { LEFT } from "../../store/scripts/prepare.ts";
import type { Survey } from "../../store/survey.ts";
import { turns } from "../../store/turns.ts";
import { unusable } from "../../store/unusable.ts";
import { type BlockSource, blockSource } from "../../store/transfer/block-source.ts";
import type { RunLane } from "../../store/transfer/lane.ts";
import { blockPacker } from "../../store/transfer/pack-blocks.ts";
import { isNear } from "../../store/transfer/link.ts";
import { newFirst, pieces } from "../../store/transfer/pieces.ts";
import type { HostProgram } from "../../store/transfer/host-program.ts";
import type { HostPrograms } from "../../store/transfer/host-programs.ts";
import { programLane } from "../../store/transfer/program-lane.ts";
import { sftpLane } from "../../store/transfer/sftp-lane.ts";
import { type SlowLink, slowLink } from "../../store/transfer/slow-link.ts";
import { likelyBytes, upload } from "../../store/transfer/upload.ts";
import { findArrived, findFaults, type VerifyOptions } from "../../store/verify.ts";
import { contentOf, versionId } from "../../store/version-id.ts";
import { readManifest } from "../../store/read-manifest.ts";
import type { Content } from "./content.ts";
import { checkSpace, explainFailure, hasSpace, notVerified } from "./failures.ts";
import { discard, prepareUpload } from "./prepare-upload.ts";
import { publishVersion } from "./publish-version.ts";
import type { PushOptions } from "./push.ts";

/** How many versions are looked through for what needn't travel. */
const VERSIONS_COMPARED = 2;

export interface SentVersion {
  readonly version: string;
  readonly bytes: number;
  readonly connections: number;
}

/** What a version is sent with. */
export interface SendTools {
  /** What needn't travel. */
  readonly known: KnownContent;
  readonly survey: Survey;
  readonly lock: HeldLock;
  readonly programs: HostPrograms;
  /** The one over the host's own connection, which publishes as well. */
  readonly program?: HostProgram;
}

/**
 * Sends a version under the lock: continue what was begun, link what is known, send the rest, verify, publish. Files that were not
 * read yet are read, hashed and sent in one go, so what the version is called is known at the end.
 */
export async function sendVersion(options: PushOptions, tools: SendTools): Promise<SentVersion> {
  const { content, host, root, model, signal, emit } = options;
  const { known, survey, lock } = tools;
  const started = options.now();
  const listing = listingHash(content);
  const begun = begunUpload(content, listing, survey);
  const uploadId = begun ?? versionId(started, content.isRead() ? content.hash() : listing);
  const directory = incomingDirectory(root, model, uploadId);
  const verifying: VerifyOptions = { host, directory, tool: survey.hashTool, signal };
  const arrived: Map<string, readonly string[]> =
    begun === undefined ? new Map() : await resume(content, begun, verifying, options);
  // A program on the host checks blocks as they arrive and copies what is there; without python3, SFTP has to do.
  const program = survey.hashTool === "python3";
  const planning = { known, arrived, copies: program, emptyDirectories: content.emptyDirectories };
  let plan = planPush(content.files, planning);
  if (!content.isRead() && !hasSpace(plan, survey, options)) {
    // It may need less than it seems.
    await content.read(() => true);
    plan = planPush(content.files, planning);
  }
  checkSpace(plan, survey, options);
  emit({
    type: "step",
    id: "send",
    state: "started",
    label: `send ${model}`,
    detail: begun === undefined ? uploadId : `${uploadId}, continued`,
  });
  const slow = slowLink(options.link ?? {});
  const sending: Sending = {
    run: program ? programLane(`.incoming/${uploadId}`, tools.programs) : sftpLane(directory),
    source: blockSource({
      known,
      arrived,
      copies: program,
      ...(program ? { packer: blockPacker(() => slow.isSlow()) } : {}),
    }),
    slow,
    known,
    // Far away, connections share what travels better in small ones.
    mostlyThere: (file) => program && isNear(host.roundTrip) && isMostlyThere(file, known),
    reused: plan.links.reduce((sum, { file }) => sum + file.size, 0),
  };
  try {
    // The program makes directories itself, so links can be made while it receives.
    const preparing = prepareUpload(plan, uploadId, survey.hashTool, options);
    preparing.catch(() => undefined);
    if (!program) await preparing;
    let { bytes, connections } = await send(
      plan.builds.map(({ file }) => file),
      sending,
      options,
    );
    const { failed, copied } = await preparing;
    const more = async (files: readonly ContentFile[]): Promise<void> => {
      const again = await send(files, sending, options);
      bytes += again.bytes;
      connections = Math.max(connections, again.connections);
    };
    if (failed.length > 0) await more(failed);
    const unverified = program ? copied : [...plan.builds.map(({ file }) => file), ...failed, ...copied];
    let faults = await findFaults(unverified, verifying);
    if (faults.length > 0) {
      // Once more for what was damaged on the way, or what changed between reading and sending.
      await discard(faults, uploadId, options);
      for (const { path } of faults) arrived.delete(path);
      await more(faults);
      faults = await findFaults(faults, verifying);
    }
    if (faults.length > 0) {
      await discard(faults, uploadId, options);
      throw notVerified(faults);
    }
    await content.settle();
    const version =
      contentOf(uploadId) === content.hash().slice(0, 8) ? uploadId : versionId(started, content.hash());
    const publishing = publishVersion({ upload: uploadId, version }, options, tools);
    await Promise.all([
      Promise.race([publishing, lock.broken]),
      // While the host is busy: what it was told gets out first.
      nextTurn().then(async () => {
        await content.keep();
        await tellFiles(fileOutcomes(content.files, planPush(content.files, planning)), emit);
      }),
    ]);
    emit({ type: "step", id: "send", state: "done", label: `send ${model}`, detail: version });
    return { version, bytes, connections };
  } finally {
    await sending.source.close();
  }
}

/** There may be many files, and what is on its way to the host must get out. */
async function tellFiles(outcomes: readonly FileEvent[], emit: Emit): Promise<void> {
  const turn = turns();
  for (const outcome of outcomes) {
    emit(outcome);
    const over = turn();
    if (over !== undefined) await over;
  }
}

/** What the newest versions and the current one have: that needn't travel. */
export async function knownVersions(
  survey: Survey,
  options: Pick<PushOptions, "host" | "root" | "model">,
): Promise<KnownContent> {
  const newest = survey.versions.slice(-VERSIONS_COMPARED);
  const wanted = [...new Set([...newest, ...(survey.current === undefined ? [] : [survey.current])])];
  const read = await Promise.all(
    wanted.map((id) => readManifest(options.host, options.root, options.model, id)),
  );
  return knownContent(read.filter((manifest) => manifest !== undefined));
}

/** What an upload that was cut left: blocks that are of use, in files that are wanted; others are removed. */
async function resume(
  content: Content,
  uploadId: string,
  verifying: VerifyOptions,
  options: PushOptions,
): Promise<Map<string, readonly string[]>> {
  const { host, root, model, signal } = options;
  const sizes = new Map(content.files.map(({ path, size }) => [path, size]));
  const { stdout } = await host.run(LEFT, [root, model, uploadId], { signal, maxOutput: 1024 * 1024 * 1024 });
  await discard(unusable(stdout, sizes), uploadId, options, "sweep");
  return new Map(await findArrived(content.files, verifying));
}

/** The upload to go on with: this model's own if there is one, else the newest, most of which may be of use. */
function begunUpload(content: Content, listing: string, { incoming }: Survey): string | undefined {
  const own = [listing, ...(content.isRead() ? [content.hash()] : [])].map((whole) => whole.slice(0, 8));
  return incoming.findLast((id) => own.includes(contentOf(id) ?? "")) ?? incoming.at(-1);
}

/** Tells uploads apart before their content is known. */
function listingHash({ files }: Content): string {
  const lines = files.map(({ path, size, mode }) => `[${JSON.stringify(path)},${size},${mode}]\n`);
  return hash("sha256", lines.join(""), "hex");
}

/** Of what was read of a file, has the store more than half? */
function isMostlyThere({ path, blocks }: ContentFile, known: KnownContent): boolean {
  if (!known.hasPath(path)) return false;
  const read = blocks.filter((block) => block !== "");
  return read.filter((block) => known.placeOf(block) !== undefined).length > read.length / 2;
}

interface Sending {
  readonly run: RunLane;
  readonly source: BlockSource;
  readonly slow: SlowLink;
  readonly known: KnownContent;
  /** May a file be sent in larger pieces? */
  readonly mostlyThere: (file: ContentFile) => boolean;
  /** Bytes that are there without travelling. */
  reused: number;
}

async function send(
  files: readonly ContentFile[],
  sending: Sending,
  options: PushOptions,
): Promise<{ bytes: number; connections: number }> {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const { host, dial, signal, link = {} } = options;
  const before = sending.reused;
  let seen = 0;
  try {
    return await upload({
      host,
      dial,
      pieces: newFirst(
        pieces(files, sending.mostlyThere),
        (block) => sending.known.placeOf(block) !== undefined,
      ),
      likely: (piece) => likelyBytes(piece, sending.known.hasPath(piece.file.path)),
      source: sending.source,
      run: sending.run,
      link,
      signal,
      onProgress({ bytes, reused, connections }) {
        sending.reused = before + reused;
        sending.slow.onBytes(bytes - seen);
        seen = bytes;
        options.emit({
          type: "progress",
          id: "send",
          label: `send ${options.model}`,
          done: bytes,
          total: Math.max(bytes, all - reused),
          unit: "bytes",
          connections,
          reused: sending.reused,
        });
      },
    });
  } catch (error) {
    throw await explainFailure(error, options);
  }
}
