import { expect, test } from "vitest";
import { forcedIsolation, probeIsolation, whyNot } from "../../../src/sandbox/hosts/isolation.ts";
import { ISOLATIONS } from "./isolations.ts";

test.skipIf(forcedIsolation() !== undefined)("takes the best isolation that works here", async () => {
  expect(await probeIsolation(undefined)).toBe(ISOLATIONS[0]);
  expect(await whyNot("prefix")).toBeUndefined();
});

test("is forced by BERTOPS_SANDBOX_ISOLATION, if the word is one", () => {
  expect(forcedIsolation({})).toBeUndefined();
  expect(forcedIsolation({ BERTOPS_SANDBOX_ISOLATION: "prefix" })).toBe("prefix");
  expect(() => forcedIsolation({ BERTOPS_SANDBOX_ISOLATION: "jail" })).toThrow(/is no isolation/u);
});

test.skipIf(ISOLATIONS.includes("namespaces"))("says why a forced one is impossible", async () => {
  await expect(probeIsolation("namespaces")).rejects.toThrow("does not allow the isolation 'namespaces'");
});
