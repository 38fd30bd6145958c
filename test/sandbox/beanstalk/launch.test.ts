import { DescribeEnvironmentResourcesCommand } from "@aws-sdk/client-elastic-beanstalk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { server } from "./bundle.ts";
import { balanced, openTestRegion, type TestRegion } from "./region.ts";

let world: TestRegion;

beforeAll(async () => {
  world = await openTestRegion();
});

afterAll(async () => {
  await world.close();
});

test("an environment launches, and its address is answered by the bundle's server", async () => {
  await world.addVersion("v1", { "app.js": server("one") });
  const { environment, requestId } = await world.launch("first", "v1", balanced(2));
  console.log(await world.messages({ RequestId: requestId }), environment);
  const { EnvironmentResources } = await world.eb.send(
    new DescribeEnvironmentResourcesCommand({ EnvironmentName: "first" }),
  );
  expect(EnvironmentResources?.Instances).toHaveLength(2);
  const answer = await fetch(`http://${environment.CNAME}/`);
  console.log(await answer.json());
});
