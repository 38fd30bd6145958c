import path from "node:path";
import { defineConfig } from "vitest/config";

/** The virtual machine's tests: one machine, one test after the other. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["test/vm/**/*.test.ts"],
    isolate: false,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 900_000,
    reporters: ["verbose"],
  },
});
