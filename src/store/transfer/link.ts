/** OpenSSH lets so many bytes of a channel be under way. */
export const CHANNEL_WINDOW = 2 * 1024 * 1024;

/** Below this a single TCP window fills the link, and more connections mostly cost CPU. */
const NEAR_MS = 5;

/** Does a round trip of so many milliseconds come to nothing? */
export function isNear(roundTrip: number): boolean {
  return roundTrip < NEAR_MS;
}
