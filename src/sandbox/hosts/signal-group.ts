/** Sends a signal to a process group, or looks with signal 0 whether it has members; false where there is no such group. */
export function signalGroup(group: number | undefined, signal: NodeJS.Signals | number): boolean {
  if (group === undefined) return false;
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}
