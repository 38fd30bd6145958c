import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The virtual machine has its own configuration: npm run test:vm.
    exclude: ["test/vm/**"],
    isolate: false,
    // Tests that run ONNX Runtime themselves tell nobody of it, as the service does.
    env: { ORT_DISABLE_TELEMETRY: "1" },
    // Tests wait by looking, so limits are for what hangs; the machine may be busy with other things.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
  },
});
