import { hash } from "node:crypto";
import { UserError } from "../errors.ts";

/** Files are compared and sent in blocks of this many bytes. */
export const BLOCK_SIZE = 262_144;

export interface ManifestFile {
  /** Relative, with `/` between its parts. */
  readonly path: string;
  readonly size: number;
  /** 0o644, or 0o755 for what can be executed. */
  readonly mode: number;
  /** The sha256 of each block, in hex; the last block may be shorter. Empty for an empty file. */
  readonly blocks: readonly string[];
}

/** What a version holds, kept with it: enough to resume, to send only what is new, and to verify. */
export interface Manifest {
  readonly format: 1;
  readonly model: string;
  readonly version: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly blockSize: number;
  readonly bytes: number;
  readonly fileCount: number;
  readonly source?: Readonly<Record<string, unknown>>;
  /** Directories that no file implies; absent where there are none. */
  readonly emptyDirectories?: readonly string[];
  readonly files: readonly ManifestFile[];
}

/** What a file is known by, one for each content: the hash of its block, or of its blocks' hashes. Every byte is hashed once. */
export function fileHash({ blocks }: ManifestFile): string {
  const [first = ""] = blocks;
  return blocks.length <= 1 ? first : hash("sha256", blocks.join(""), "hex");
}

/** Equal for equal content: over paths, sizes, modes and hashes, whatever the times and the order of listing. */
export function contentHash({
  files,
  emptyDirectories = [],
}: Pick<Manifest, "files" | "emptyDirectories">): string {
  const lines = sorted(files).map(
    (file) => `[${JSON.stringify(file.path)},${file.size},${file.mode},"${fileHash(file)}"]\n`,
  );
  for (const directory of emptyDirectories.toSorted()) lines.push(`${JSON.stringify([directory])}\n`);
  return hash("sha256", lines.join(""), "hex");
}

function sorted(files: readonly ManifestFile[]): readonly ManifestFile[] {
  // They mostly are, and there may be many.
  const isSorted = files.every(({ path }, index) => index === 0 || (files[index - 1]?.path ?? "") < path);
  return isSorted ? files : files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** One line, the summary first, so that the first kilobyte tells what `models list` shows, and whether a push would change anything. */
export function serialiseManifest(manifest: Manifest, content = contentHash(manifest)): string {
  const { format, model, version, createdAt, createdBy, blockSize, bytes, fileCount, ...rest } = manifest;
  const { source, emptyDirectories = [], files } = rest;
  const summary = { format, model, version, createdAt, createdBy, blockSize, bytes, fileCount, content };
  return `${JSON.stringify({
    ...summary,
    ...(source === undefined ? {} : { source }),
    ...(emptyDirectories.length === 0 ? {} : { emptyDirectories }),
    files,
  })}\n`;
}

/** Reads a manifest that a host sent; it may be damaged or of another make. */
export function parseManifest(text: string): Manifest {
  const value = parseJson(text);
  if (
    !isRecord(value) ||
    value["format"] !== 1 ||
    value["blockSize"] !== BLOCK_SIZE ||
    typeof value["version"] !== "string" ||
    !Array.isArray(value["files"]) ||
    !value["files"].every(isFile) ||
    !isDirectories(value["emptyDirectories"])
  )
    throw damaged();
  const { files, emptyDirectories } = value;
  return {
    format: 1,
    model: String(value["model"]),
    version: value["version"],
    createdAt: String(value["createdAt"]),
    createdBy: String(value["createdBy"]),
    blockSize: BLOCK_SIZE,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    fileCount: files.length,
    ...(isRecord(value["source"]) ? { source: value["source"] } : {}),
    ...(emptyDirectories === undefined ? {} : { emptyDirectories }),
    // Older ones have hashes of whole files too.
    files: files.map(({ path, size, mode, blocks }) => ({ path, size, mode, blocks })),
  };
}

/** Short paths of letters, digits, dashes and dots within, which most are. */
const PLAIN = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/u;

/** A path that stays below the directory it is relative to, and fits every place it is written to. */
export function isSafePath(path: string): boolean {
  if (path.length <= 255 && PLAIN.test(path)) return true;
  return (
    path !== "" &&
    Buffer.byteLength(path) <= 4096 &&
    !/[\p{Cc}\\]/u.test(path) &&
    path
      .split("/")
      .every((part) => part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= 255)
  );
}

function isFile(value: unknown): value is ManifestFile {
  if (!isRecord(value)) return false;
  const { path, size, mode, blocks } = value;
  return (
    typeof path === "string" &&
    isSafePath(path) &&
    typeof size === "number" &&
    Number.isSafeInteger(size) &&
    size >= 0 &&
    typeof mode === "number" &&
    Array.isArray(blocks) &&
    blocks.length === Math.ceil(size / BLOCK_SIZE) &&
    blocks.every(isHash)
  );
}

function isDirectories(value: unknown): value is readonly string[] | undefined {
  return (
    value === undefined ||
    (Array.isArray(value) && value.every((one) => typeof one === "string" && isSafePath(one)))
  );
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/u.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(): UserError {
  return new UserError({
    reason: "manifest-damaged",
    message: "A manifest in the store cannot be read.",
    hint: "It was damaged, or written by a newer bertops; `bertops models verify` says more.",
    next: ["bertops models verify"],
  });
}
