// Loaded into a child process with --require: when that ends it writes its processor time and its peak memory to COST_FILE.
const { readFileSync, writeFileSync } = require("node:fs");

process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cost = { megabytes: peakKibibytes(maxRSS) / 1024, seconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(process.env["COST_FILE"] ?? "", JSON.stringify(cost));
});

/**
 * Linux counts into maxRSS what the parent had when it forked; VmHWM begins with the program itself.
 * @param {number} otherwise
 */
function peakKibibytes(otherwise) {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? otherwise);
  } catch {
    return otherwise;
  }
}
