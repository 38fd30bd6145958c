import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { writeRandomModel } from "../random-model/write-random-model.ts";
import { ISOLATIONS } from "../sandbox/hosts/isolations.ts";
import { Session } from "./session.ts";

let session: Session;
afterEach(() => session.close());

const WAYS = [
  ...ISOLATIONS.map((isolation) => ({
    name: isolation,
    variables: { BERTOPS_SANDBOX_ISOLATION: isolation },
  })),
  { name: "a jump host, as on macOS", variables: { BERTOPS_SANDBOX_REACH: "jump" } },
];

/** What the sandbox can do is the same however it keeps instances apart, and by whichever way they are reached. */
test.each(WAYS)("the four commands work with $name", { timeout: 180_000 }, async ({ variables }) => {
  session = await Session.open();
  await session.startSandbox(variables);
  await writeRandomModel(path.join(session.home, "model"));
  expect(await session.bertops("init demo --yes")).toMatchObject({ ok: true });
  session.cwd = path.join(session.home, "demo");
  expect(await session.bertops("mount-efs")).toMatchObject({
    ok: true,
    instances: [{ state: "already-mounted", fstab: expect.stringContaining("/efs efs") }],
  });
  const pushed = await session.bertops("push-model ../model");
  expect(pushed).toMatchObject({ ok: true, verified: true });
  expect(await session.bertops("test-endpoint")).toMatchObject({
    ok: true,
    model: { name: "bert", version: pushed["version"] },
  });
  expect(await session.bertops("destroy --yes --delete-data --confirm demo")).toMatchObject({ ok: true });
});
