import { fileOutcomes } from "../../store/file-outcomes.ts";
import { incomingDirectory } from "../../store/layout.ts";
import type { HeldLock } from "../../store/lock.ts";
import type { Manifest, ManifestFile } from "../../store/manifest.ts";
import { missingRanges, planPush, type PushPlan } from "../../store/push-plan.ts";
import { DISCARD, PREPARE } from "../../store/scripts/prepare.ts";
import type { HashTool, Survey } from "../../store/survey.ts";
import { localReader } from "../../store/transfer/local-reader.ts";
import type { RunLane } from "../../store/transfer/lane.ts";
import { pieces, type Work } from "../../store/transfer/pieces.ts";
import { programLane } from "../../store/transfer/program-lane.ts";
import { sftpLane } from "../../store/transfer/sftp-lane.ts";
import { upload } from "../../store/transfer/upload.ts";
import { findArrived, findFaults, type VerifyOptions } from "../../store/verify.ts";
import { contentOf, versionId } from "../../store/version-id.ts";
import { readManifest } from "../models/read-manifest.ts";
import { checkSpace, explainFailure, notVerified, refused } from "./failures.ts";
import { publishVersion } from "./publish-version.ts";
import type { Content, PushOptions } from "./push.ts";

/** How many versions are looked through for what needn't travel. */
const VERSIONS_COMPARED = 4;

export interface SentVersion {
  readonly version: string;
  readonly bytes: number;
  readonly connections: number;
}

/** Sends a version under the lock: continue what was begun, link what is known, send the rest, verify, publish. */
export async function sendVersion(
  content: Content,
  survey: Survey,
  lock: HeldLock,
  options: PushOptions,
): Promise<SentVersion> {
  const { host, root, model, signal, emit } = options;
  const begun = survey.incoming.findLast((id) => contentOf(id) === content.hash.slice(0, 8));
  const version = begun ?? versionId(options.now(), content.hash);
  const directory = incomingDirectory(root, model, version);
  const verifying: VerifyOptions = { host, directory, tool: survey.hashTool, signal };
  const known = await knownManifests(survey, options);
  const arrived = begun === undefined ? undefined : await findArrived(content.files, verifying);
  // A program on the host checks blocks as they arrive and copies what is there; without python3, SFTP has to do.
  const program = survey.hashTool === "python3";
  const plan = planPush(content.files, {
    known,
    copies: program,
    emptyDirectories: content.emptyDirectories,
    ...(arrived === undefined ? {} : { arrived }),
  });
  checkSpace(plan, survey, options);
  emit({
    type: "step",
    id: "send",
    state: "started",
    label: `send ${model}`,
    detail: begun === undefined ? version : `${version}, continued`,
  });
  for (const outcome of fileOutcomes(content.files, plan)) emit(outcome);
  const unlinked = await prepare(plan, version, survey.hashTool, options);
  const work: Work = {
    ...plan,
    sends: [...plan.sends, ...unlinked.failed.flatMap((file) => missingRanges(file, []))],
  };
  const run = program ? programLane(directory, `${root}/${model}`) : sftpLane(directory);
  let { bytes, connections } = await send(content, work, run, options);
  const linked = new Set(plan.links.map(({ file }) => file.path));
  for (const file of [...unlinked.failed, ...unlinked.copied]) linked.delete(file.path);
  const unverified = program ? unlinked.copied : content.files.filter(({ path }) => !linked.has(path));
  let faults = await findFaults(unverified, verifying);
  if (faults.length > 0) {
    // Once more for what was damaged on the way, or what changed between reading and sending.
    await discard(faults, version, options);
    const more = await send(content, planPush(faults, { known: [] }), run, options);
    bytes += more.bytes;
    connections = Math.max(connections, more.connections);
    faults = await findFaults(faults, verifying);
  }
  if (faults.length > 0) {
    await discard(faults, version, options);
    throw notVerified(faults);
  }
  await Promise.race([publishVersion(content, version, lock, options), lock.broken]);
  emit({ type: "step", id: "send", state: "done", label: `send ${model}`, detail: version });
  return { version, bytes, connections };
}

/** Manifests of the newest versions and the current one: what they have needn't travel. */
export async function knownManifests(
  survey: Survey,
  options: Pick<PushOptions, "host" | "root" | "model">,
): Promise<readonly Manifest[]> {
  const newest = survey.versions.slice(-VERSIONS_COMPARED);
  const wanted = [...new Set([...newest, ...(survey.current === undefined ? [] : [survey.current])])];
  const read = await Promise.all(
    wanted.map((id) => readManifest(options.host, options.root, options.model, id)),
  );
  return read.filter((manifest) => manifest !== undefined);
}

async function prepare(
  plan: PushPlan,
  version: string,
  tool: HashTool,
  options: PushOptions,
): Promise<{ readonly failed: readonly ManifestFile[]; readonly copied: readonly ManifestFile[] }> {
  const lines = [
    ...plan.directories.map((directory) => `d ${directory}`),
    ...plan.links.flatMap(({ file, from }) => [`l ${from}`, `t ${file.path}`]),
  ];
  const { host, root, model, signal } = options;
  const { code, stdout, stderr } = await host.run(PREPARE, [root, model, version, tool], {
    stdin: lines.map((line) => `${line}\n`).join(""),
    // Where links are not allowed, files are copied on the host.
    timeout: 600_000 + plan.links.length * 1000,
    signal,
  });
  if (code !== 0) throw refused(options, stderr);
  const named = (word: string): readonly ManifestFile[] => {
    const names = new Set(
      stdout
        .split("\n")
        .filter((line) => line.startsWith(word))
        .map((line) => line.slice(word.length)),
    );
    return plan.links.map(({ file }) => file).filter(({ path }) => names.has(path));
  };
  return { failed: named("failed "), copied: named("copied ") };
}

async function send(
  content: Content,
  work: Work,
  run: RunLane,
  options: PushOptions,
): Promise<{ bytes: number; connections: number }> {
  const places = new Map(content.local.map(({ path, absolute }) => [path, absolute]));
  const reader = localReader((path) => places.get(path) ?? path);
  const total = work.sends.reduce((sum, { length }) => sum + length, 0);
  const reused = content.bytes - total;
  try {
    return await upload({
      host: options.host,
      dial: options.dial,
      pieces: pieces(work),
      reader,
      run,
      signal: options.signal,
      ...(options.connections === undefined ? {} : { connections: options.connections }),
      ...(options.redials === undefined ? {} : { redials: options.redials }),
      onProgress: ({ bytes, connections }) =>
        options.emit({
          type: "progress",
          id: "send",
          label: `send ${options.model}`,
          done: Math.min(bytes, total),
          total,
          unit: "bytes",
          connections,
          reused,
        }),
    });
  } catch (error) {
    throw await explainFailure(error, options);
  } finally {
    await reader.close();
  }
}

async function discard(files: readonly ManifestFile[], version: string, options: PushOptions): Promise<void> {
  const { host, root, model, signal } = options;
  await host.run(DISCARD, [root, model, version], {
    stdin: files.map(({ path }) => `${path}\n`).join(""),
    signal,
  });
}
