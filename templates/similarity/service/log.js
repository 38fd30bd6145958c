/**
 * Writes one line of JSON for each thing worth knowing; Beanstalk keeps stdout in /var/log/web.stdout.log.
 * @typedef {(level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void} Log
 */

/**
 * @param {{ write(line: string): unknown }} stream
 * @returns {Log}
 */
export function createLog(stream) {
  return (level, message, fields = {}) => {
    stream.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  };
}
