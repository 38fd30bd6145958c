/** One file of the bundle: where it goes, and where its content comes from. */
export interface BundleEntry {
  /** Inside the bundle, with `/`. */
  readonly path: string;
  /** 0755 or 0644: other bits would make the same app look different on another machine. */
  readonly mode: 0o755 | 0o644;
  readonly content: { readonly file: string } | { readonly text: string };
  /** In bytes. */
  readonly size: number;
}

/** Runnable by its owner is runnable by all. */
export function normalMode(mode: number): 0o755 | 0o644 {
  return (mode & 0o100) === 0 ? 0o644 : 0o755;
}
