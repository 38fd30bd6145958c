import { readFileSync } from "node:fs";
import { fail } from "./call.ts";
import type { Program } from "./call.ts";
import { parseOptions } from "./options.ts";

const SPEC = { flags: {}, values: { k: "key", o: "output" } };
const CONTAINER: Readonly<Record<string, string>> = {
  app_base_dir: "/var/app",
  app_deploy_dir: "/var/app/current",
  app_staging_dir: "/var/app/staging",
  app_user: "webapp",
  environment_name: "",
  instance_port: "80",
};

/** `/opt/elasticbeanstalk/bin/get-config environment|container [-k NAME]`. */
export const getConfig: Program = (call, inside, voice) => {
  const { values, operands } = parseOptions(call.words, SPEC);
  const [section] = operands;
  const key = values.get("key")?.at(-1);
  if (section !== "environment" && section !== "container") {
    return fail(voice, `Error: unknown command "${section ?? ""}" for "get-config"`);
  }
  const found =
    section === "container"
      ? CONTAINER
      : environmentOf(readText(inside.path("/opt/elasticbeanstalk/deployment/env")));
  if (key === undefined) {
    voice.out(JSON.stringify(found));
    return 0;
  }
  const value = found[key];
  if (value === undefined) return fail(voice, `Error: cannot find property "${key}" in ${section}`);
  for (const line of value.split("\n")) voice.out(line);
  return 0;
};

/** Reads `KEY=VALUE` lines. */
function environmentOf(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.includes("="));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
