import { defineConfig } from "vitest/config";
import tests from "./vitest.config.ts";

/** What is measured in the virtual machine, on a machine that does nothing else: `npm run bench:vm`. */
export default defineConfig({ ...tests, test: { ...tests.test, include: ["test/vm/**/*.bench.ts"] } });
