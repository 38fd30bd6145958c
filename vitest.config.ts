import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Real servers on a shared, noisy machine: a test that passes at its second try there is reported as flaky, not as broken.
    retry: process.env["CI"] === undefined ? 0 : 1,
  },
});
