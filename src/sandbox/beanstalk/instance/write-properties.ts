import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Host } from "../../hosts/host.ts";

/** Where get-config looks. */
const PROPERTIES = "/opt/elasticbeanstalk/deployment/env";

/** Leaves the environment's properties where get-config looks for them, readable by root alone. */
export async function writeProperties(
  host: Host,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  const path = host.path(PROPERTIES);
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, lines.join(""), { mode: 0o600 });
}
