import type { LinkOptions } from "./upload.ts";

/** Tells whether packing blocks gains time on a link. */
export interface SlowLink {
  /** So many bytes were acknowledged. */
  onBytes(count: number): void;
  isSlow(): boolean;
}

/** Bytes a second that packing and unpacking keep up with, on machines that have other things to do as well. */
const CODEC = 30_000_000;
/** Milliseconds that are measured before anything is said of a link; so many at the beginning tell nothing, since a connection has to get going. */
const LOOK = 1500;
const GETTING_GOING = 1500;

/** Watches the throughput of a transfer; a link counts as slow while less passes than could be packed and unpacked meanwhile. */
export function slowLink({ bandwidth, compression = "auto" }: LinkOptions): SlowLink {
  if (compression !== "auto") return { onBytes: () => undefined, isSlow: () => compression === "always" };
  let began: number | undefined;
  let bytes = 0;
  let slow = bandwidth !== undefined && bandwidth < CODEC;
  return {
    onBytes(count) {
      const now = performance.now();
      began ??= now + GETTING_GOING;
      if (now < began) return;
      bytes += count;
      if (now - began < LOOK) return;
      slow = (bytes / (now - began)) * 1000 < CODEC;
      began = now;
      bytes = 0;
    },
    isSlow: () => slow,
  };
}
