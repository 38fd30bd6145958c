/**
 * What tells that a file is still the one that was listed: equal stamps mean equal content, unless it changed twice within the clock's
 * grain. A part of what the file system says (`BigIntStats`).
 */
export interface Stamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** Nothing but the stamp of what may be more. */
export function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: Stamp): Stamp {
  return { dev, ino, size, mtimeNs, ctimeNs };
}

/** Are two stamps equal? Either may be more than a stamp. */
export function isSameStamp(one: Stamp, other: Stamp): boolean {
  return (
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

/** The stamp as a text, to be kept: making thousands of them takes longer than comparing. */
export function stampText({ dev, ino, size, mtimeNs, ctimeNs }: Stamp): string {
  return `${dev}.${ino}.${size}.${mtimeNs}.${ctimeNs}`;
}

/** Nanoseconds since 1970: when a file's content or its inode changed last. */
export function changedAt({ mtimeNs, ctimeNs }: Stamp): bigint {
  return mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
}
