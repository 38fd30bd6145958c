import { BLOCK_SIZE, fileHash, type Manifest, type ManifestFile } from "./manifest.ts";

export interface ChangedFile {
  readonly path: string;
  readonly change: "added" | "removed" | "changed" | "moved";
  /** Of the newer one; for a removed file, of the older one. */
  readonly bytes: number;
  /** Bytes in blocks that the older version has nowhere: what a push had to send. */
  readonly newBytes: number;
  /** Only where it moved: its path in the older version. */
  readonly from?: string;
}

/** What makes one version another. */
export function diffManifests(older: Manifest, newer: Manifest): readonly ChangedFile[] {
  const before = new Map(older.files.map((file) => [file.path, file]));
  const after = new Set(newer.files.map(({ path }) => path));
  const byContent = new Map(older.files.map((file) => [contentOf(file), file.path]));
  const blocks = new Set(older.files.flatMap((file) => file.blocks));
  const changes = newer.files.flatMap((file): ChangedFile[] => {
    const { path, size: bytes } = file;
    const old = before.get(path);
    if (old !== undefined && contentOf(old) === contentOf(file)) return [];
    const from = old === undefined && bytes > 0 ? byContent.get(contentOf(file)) : undefined;
    if (from !== undefined) return [{ path, change: "moved", bytes, newBytes: 0, from }];
    const newBytes = file.blocks.reduce(
      (sum, hash, index) => (blocks.has(hash) ? sum : sum + Math.min(BLOCK_SIZE, bytes - index * BLOCK_SIZE)),
      0,
    );
    return [{ path, change: old === undefined ? "added" : "changed", bytes, newBytes }];
  });
  const removed = older.files
    .filter(({ path }) => !after.has(path))
    .map(({ path, size }): ChangedFile => ({ path, change: "removed", bytes: size, newBytes: 0 }));
  return [...changes, ...removed].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function contentOf(file: ManifestFile): string {
  return `${fileHash(file)}:${file.size}:${file.mode}`;
}
