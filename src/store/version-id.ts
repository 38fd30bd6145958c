/** What names a version: when it was pushed, and what is in it. */
const PATTERN = /^(?<time>\d{8}T\d{6}Z)-(?<content>[0-9a-f]{8})$/u;

/** `20261122T081500Z-3f2a9c1b`: UTC time and the first 8 hex digits of the content's hash. */
export function versionId(time: Date, contentHash: string): string {
  const stamp = time
    .toISOString()
    .replaceAll(/[-:]/gu, "")
    .replace(/\.\d+Z$/u, "Z");
  return `${stamp}-${contentHash.slice(0, 8)}`;
}

/** Is this the name of a version? Anything else in `versions/` is not bertops' own. */
export function isVersionId(name: string): boolean {
  return PATTERN.test(name);
}

/** The 8 hex digits that equal content shares; undefined for other names. */
export function contentOf(id: string): string | undefined {
  return PATTERN.exec(id)?.groups?.["content"];
}
