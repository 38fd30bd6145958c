import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../../hosts/host.ts";
import { CURRENT, STAGING } from "./deployment-step.ts";

const CONFIG = "/opt/elasticbeanstalk/config/properties";

/** `get-config GROUP [-k NAME]` over the files that `writeProperties` leaves. */
const GET_CONFIG = `#!/bin/sh
# Written by the bertops sandbox: environment and platform properties, as Elastic Beanstalk's own get-config prints them.
group=$1
[ $# -gt 0 ] && shift
key=
while [ $# -gt 0 ]; do
  case $1 in
    -k | --key) key=$2; shift ;;
  esac
  shift
done
place="\${ROOT_PREFIX:-}${CONFIG}/$group"
if [ ! -d "$place" ]; then
  echo "ERROR: unknown group '$group'; use environment or platformconfig" >&2
  exit 1
fi
if [ -z "$key" ]; then
  exec cat "$place/.all"
fi
if [ ! -f "$place/$key" ]; then
  echo "ERROR: The key '$key' is not found" >&2
  exit 1
fi
exec cat "$place/$key"
`;

async function writeGroup(
  host: Host,
  group: string,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  const place = host.path(join(CONFIG, group));
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  await writeFile(join(place, ".all"), JSON.stringify(properties));
  for (const [name, value] of Object.entries(properties)) {
    if (!name.includes("/")) {
      await writeFile(join(place, name), value);
    }
  }
}

/** Leaves the environment's properties where scripts of an instance look for them: get-config and deployment/env. */
export async function writeProperties(
  host: Host,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  await writeGroup(host, "environment", properties);
  await writeGroup(host, "platformconfig", {
    AppDeployDir: `${CURRENT}/`,
    AppStagingDir: `${STAGING}/`,
    AppUser: "webapp",
    PlatformName: "Node.js",
  });
  await mkdir(host.path("/opt/elasticbeanstalk/deployment"), { recursive: true });
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(host.path("/opt/elasticbeanstalk/deployment/env"), lines.join(""), { mode: 0o600 });
  const program = host.path("/opt/elasticbeanstalk/bin/get-config");
  await mkdir(host.path("/opt/elasticbeanstalk/bin"), { recursive: true });
  // The host may have a link here to what all its programs share: it is replaced, not written through.
  await rm(program, { force: true });
  await writeFile(program, GET_CONFIG);
  await chmod(program, 0o755);
}
