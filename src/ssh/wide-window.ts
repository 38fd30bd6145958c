import type { ClientChannel } from "ssh2";
import { member } from "./ssh2-parts.ts";

/** Bytes that may be under way beside the 2 MiB that ssh2 allows. Linux lets a sender have as much in its buffers, and no more. */
const EXTRA = 4 * 1024 * 1024;

/**
 * Lets the host send more on a channel before it must wait for us. ssh2 gives new credit only after each megabyte: on a long link
 * one or two megabytes pass in a round trip, whatever the link could carry. Only for channels that are read as soon as something
 * comes: ssh2 keeps no count of this credit, and drops what arrives when its own count is used up.
 *
 * ssh2 keeps its protocol to itself: where there is none to be found, the window stays as it is.
 */
export function widenWindow(channel: ClientChannel): void {
  const protocol = member(member(channel, "_client"), "_protocol");
  const adjust = member(protocol, "channelWindowAdjust");
  const id = member(member(channel, "outgoing"), "id");
  if (typeof adjust === "function" && typeof id === "number") Reflect.apply(adjust, protocol, [id, EXTRA]);
}
