import { TerminateEnvironmentCommand } from "@aws-sdk/client-elastic-beanstalk";
import { expect, test } from "vitest";
import { openHosts } from "../../../src/sandbox/hosts/open-hosts.ts";
import { ISOLATIONS } from "../hosts/isolations.ts";
import { server } from "./bundle.ts";
import { balanced, openTestRegion, until } from "./region.ts";

const HOOK = '#!/bin/sh\necho "$GREETING" > "${ROOT_PREFIX:-}/var/log/hook.log"\n';

test.each(ISOLATIONS)("a bundle is deployed and ends in %s", async (isolation) => {
  const world = await openTestRegion((options) => openHosts({ ...options, isolation }));
  try {
    expect(world.region.hosts.isolation).toBe(isolation);
    await world.addVersion("v1", {
      "server.js": server("one"),
      "package.json": JSON.stringify({ scripts: { start: "node server.js" } }),
      ".platform/hooks/prebuild/10.sh": HOOK,
    });
    const settings = balanced(1, { "aws:elasticbeanstalk:application:environment": { GREETING: "hello" } });
    const { environment } = await world.launch("isolated", "v1", settings);
    expect(environment).toMatchObject({ Status: "Ready", Health: "Green" });
    const answer = await (await fetch(`http://${environment.CNAME}`)).json();
    expect(answer).toMatchObject({ version: "one", greeting: "hello" });
    await world.eb.send(new TerminateEnvironmentCommand({ EnvironmentName: "isolated" }));
    await until("its end", async () => (await world.settled("isolated")).Status === "Terminated");
  } finally {
    await world.close();
  }
});
