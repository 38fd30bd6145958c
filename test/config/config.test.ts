import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { loadConfig, type LoadOptions } from "../../src/config/load.ts";
import { nameFrom } from "../../src/config/name.ts";
import { renderReference } from "../../src/config/reference.ts";
import { renderConfigFile } from "../../src/config/scaffold.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "bertops-config-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function load(text: string, options: Partial<LoadOptions> = {}): Promise<Config> {
  await writeFile(path.join(directory, "bertops.yaml"), text);
  return loadConfig({ flags: {}, environment: {}, cwd: directory, ...options });
}

describe("what a file means", () => {
  test("a name is enough", async () => {
    expect(await load("name: demo\n")).toEqual({
      file: path.join(directory, "bertops.yaml"),
      directory,
      name: "demo",
      environmentName: "demo",
      service: {
        directory: path.join(directory, "app"),
        platform: "Node.js 24 running on 64bit Amazon Linux 2023",
        instanceType: "t3.small",
        instances: { min: 1, max: 1 },
        volumeSize: 16,
        environment: {},
      },
      fileSystem: { mountPoint: "/efs", throughput: "elastic", backup: false },
      model: { name: "bert", pooling: "cls", precision: "fp32" },
      ssh: { user: "ec2-user", port: 22, admit: "caller" },
      network: {},
      tags: {},
    });
  });

  test("sections, lists and tables", async () => {
    const config = await load(`
name: demo
service:
  instances: { min: 2 }
  environment:
    LOG_LEVEL: debug
    WORKERS: 2
ssh:
  admit: [203.0.113.0/24]
network:
  subnets: [subnet-0123456789abcdef0]
tags:
  team: search
`);
    expect(config.service.instances).toEqual({ min: 2, max: 2 });
    expect(config.service.environment).toEqual({ LOG_LEVEL: "debug", WORKERS: "2" });
    expect(config.ssh.admit).toEqual(["203.0.113.0/24"]);
    expect(config.network.subnets).toEqual(["subnet-0123456789abcdef0"]);
    expect(config.tags).toEqual({ team: "search" });
  });

  test("a key without a value is not set", async () => {
    const config = await load("name: demo\nregion:\nservice:\n");
    expect(config).not.toHaveProperty("region");
  });

  test("the file may lie above the directory", async () => {
    await writeFile(path.join(directory, "bertops.yaml"), "name: demo\n");
    await mkdir(path.join(directory, "app/lib"), { recursive: true });
    const config = await loadConfig({ flags: {}, environment: {}, cwd: path.join(directory, "app/lib") });
    expect(config).toMatchObject({ name: "demo", directory });
  });
});

describe("flag, environment, file, default", () => {
  const text = "name: demo\nregion: eu-west-1\nprofile: work\nssh: { port: 2200 }\n";

  test("each wins over the next", async () => {
    expect((await load(text)).region).toBe("eu-west-1");
    expect((await load(text, { environment: { AWS_DEFAULT_REGION: "eu-west-2" } })).region).toBe("eu-west-2");
    const environment = {
      AWS_REGION: "eu-west-3",
      AWS_DEFAULT_REGION: "eu-west-2",
      BERTOPS_SSH_PORT: "2222",
    };
    expect((await load(text, { environment })).region).toBe("eu-west-3");
    expect((await load(text, { environment })).ssh.port).toBe(2222);
    expect((await load(text, { environment, flags: { region: "us-east-1" } })).region).toBe("us-east-1");
  });

  test("keys in the environment silence the profile of the file, a flag does not let them", async () => {
    const environment = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_PROFILE: "other" };
    expect((await load(text)).profile).toBe("work");
    expect(await load(text, { environment })).not.toHaveProperty("profile");
    expect((await load(text, { environment, flags: { profile: "mine" } })).profile).toBe("mine");
  });

  test("--env names another environment of the same application", async () => {
    expect(await load(text, { flags: { env: "demo-staging" } })).toMatchObject({
      name: "demo",
      environmentName: "demo-staging",
    });
  });
});

describe("what is refused, with the line and the way out", () => {
  test.each([
    [
      "name: demo\nservice:\n  instanceTyp: t3.small\n",
      "bertops.yaml:3: there is no setting service.instanceTyp",
      "Did you mean service.instanceType?",
    ],
    [
      "name: demo\ninstanceType: t3.small\n",
      "bertops.yaml:2: there is no setting instanceType",
      "Did you mean service.instanceType?",
    ],
    [
      "name: x\n",
      'bertops.yaml:1: name must be 4 to 40 letters, digits and hyphens, with a letter or digit at both ends, not "x"',
      undefined,
    ],
    [
      "name: demo\nmodel: { pooling: men }\n",
      'bertops.yaml:2: model.pooling must be cls or mean, not "men"',
      "Did you mean mean?",
    ],
    ["name: demo\nservice: t3.small\n", "bertops.yaml:2: service must be a section with", undefined],
    [
      "name: demo\nservice: { volumeSize: 4 }\n",
      "service.volumeSize must be a whole number from 8 to 16384, not 4",
      undefined,
    ],
    [
      "name: demo\nservice: { instances: { min: 3, max: 2 } }\n",
      "service.instances.max (2) is less than service.instances.min (3)",
      undefined,
    ],
    [
      "name: demo\nservice: { environment: { PORT: 1 } }\n",
      "service.environment must be names and texts",
      "The name PORT is not allowed.",
    ],
    [
      "name: demo\nssh: { admit: everybody }\n",
      "ssh.admit must be caller, none or a list of networks",
      undefined,
    ],
    ["name: [\n", "bertops.yaml:", undefined],
    ["- a\n", "a bertops.yaml holds settings", undefined],
  ])("%j", async (text, message, hint) => {
    await expect(load(text)).rejects.toMatchObject({
      reason: "bad-config",
      exitCode: 2,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint ?? "docs/configuration.md"),
    });
  });

  test("every problem at once", async () => {
    await expect(load("name: x\nregoin: us-east-1\n")).rejects.toMatchObject({
      message: expect.stringMatching(/:2: there is no setting regoin[\s\S]*:1: name must be/u),
    });
  });

  test("a variable that does not fit is named", async () => {
    await expect(load("name: demo\n", { environment: { BERTOPS_SSH_PORT: "ssh" } })).rejects.toMatchObject({
      message: 'BERTOPS_SSH_PORT must be a whole number from 1 to 65535, not "ssh"',
    });
  });

  test("no file, unless an environment is named or none is needed", async () => {
    const options = { flags: {}, environment: {}, cwd: directory };
    await expect(loadConfig(options)).rejects.toThrow("There is no bertops.yaml");
    await expect(loadConfig({ ...options, file: "other.yaml" })).rejects.toThrow(
      "There is no file other.yaml.",
    );
    expect(await loadConfig({ ...options, flags: { env: "demo" } })).toMatchObject({
      name: "demo",
      environmentName: "demo",
    });
    expect((await loadConfig({ ...options, optional: true })).name).toMatch(/^bertops-config-/u);
  });
});

test("the file that init writes is valid and says what was chosen", async () => {
  const text = renderConfigFile({ name: "demo", region: "eu-central-1" });
  const config = await load(text);
  expect(config).toMatchObject({ name: "demo", region: "eu-central-1", model: { name: "bert" } });
  const uncommented = text.replaceAll(/^(\s*)# (\s*[A-Za-z]+:(?: .*)?)$/gmu, "$1$2");
  expect((await load(uncommented)).fileSystem.id).toBe("fs-0123456789abcdef0");
});

test("docs/configuration.md says what the fields say", async () => {
  await expect(renderReference()).toMatchFileSnapshot("../../docs/configuration.md");
});

test.each([
  ["/home/me/My Search!", "my-search"],
  ["/x/nlp", "nlp-bertops"],
  ["/", "bertops"],
  [`/x/${"long".repeat(20)}`, "long".repeat(10)],
  ["/x/Zürich", "zu-rich"],
])("the directory %s is named %s", (where, name) => {
  expect(nameFrom(where)).toBe(name);
});
