import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { contentHash, type Manifest, serialiseManifest } from "../../src/store/manifest.ts";
import { openSeenManifests } from "../../src/store/seen-manifests.ts";

const PLACE = ["gpu-box", "/srv/models", "bert"];

function manifest(version: string, block: string): Manifest {
  const files = [{ path: "weights.bin", size: 5, mode: 0o644, blocks: [block.repeat(64)] }];
  return {
    format: 1,
    model: "bert",
    version,
    createdAt: "2026-11-26T10:00:00.000Z",
    createdBy: "ana@laptop",
    blockSize: 262_144,
    bytes: 5,
    fileCount: 1,
    files,
  };
}

describe("manifests that this machine saw", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "bertops-seen-"));
    return () => rm(directory, { recursive: true, force: true });
  });
  const first = manifest("20261126T100000Z-aaaaaaaa", "a");
  const second = manifest("20261126T110000Z-bbbbbbbb", "b");
  const text = serialiseManifest(first);
  const remember = async (...all: readonly Manifest[]): Promise<void> => {
    const seen = await openSeenManifests(directory, PLACE);
    for (const one of all) seen.saw(one.version, serialiseManifest(one));
    await seen.keep();
  };

  it("are known the next time, the oldest first, and only for that store", async () => {
    await remember(second, first);
    expect((await openSeenManifests(directory, PLACE)).manifests).toEqual([first, second]);
    expect((await openSeenManifests(directory, ["other", ...PLACE.slice(1)])).manifests).toEqual([]);
  });

  it("count only where the host's own is as long and has the same content", async () => {
    await remember(first);
    const seen = await openSeenManifests(directory, PLACE);
    expect(seen.same(first.version, contentHash(first), text.length)).toEqual(first);
    expect(seen.same(first.version, contentHash(second), text.length)).toBeUndefined();
    expect(seen.same(first.version, contentHash(first), text.length + 1)).toBeUndefined();
    expect(seen.same(second.version, contentHash(first), text.length)).toBeUndefined();
  });

  it("are forgotten when the host does not speak of them any more", async () => {
    await remember(first, second);
    const seen = await openSeenManifests(directory, PLACE);
    seen.same(second.version, contentHash(second), serialiseManifest(second).length);
    await seen.keep();
    expect((await openSeenManifests(directory, PLACE)).manifests).toEqual([second]);
  });

  it("count as none where they are damaged, cut or not what they are called", async () => {
    await remember(first, second);
    const [own = ""] = await readdir(directory);
    const at = (version: string): string => path.join(directory, own, `${version}.json`);
    await writeFile(at(first.version), text.slice(0, -20));
    await writeFile(at("20261126T120000Z-cccccccc"), text);
    await writeFile(path.join(directory, own, "notes"), "not ours");
    expect((await openSeenManifests(directory, PLACE)).manifests).toEqual([second]);
  });
});
