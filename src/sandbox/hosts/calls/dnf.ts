import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fail } from "./call.ts";
import type { Program, Voice } from "./call.ts";
import type { Inside } from "./inside.ts";
import { parseOptions } from "./options.ts";
import { fullName, packageNamed } from "./packages.ts";

const SPEC = {
  flags: {
    y: "assumeyes",
    q: "quiet",
    v: "verbose",
    C: "cacheonly",
    b: "best",
    "1": "assumeno",
    "2": "refresh",
    "3": "nobest",
    "4": "version",
    "5": "allowerasing",
    "6": "installed",
  },
  values: {
    d: "debuglevel",
    e: "errorlevel",
    x: "exclude",
    c: "config",
    R: "randomwait",
    "7": "releasever",
    "8": "setopt",
    "9": "enablerepo",
    "0": "disablerepo",
  },
};
const CHECKED = "Last metadata expiration check: 0:00:12 ago.";
/** What amazon-efs-utils brings along, as the instance names it. */
const HELPER = "/opt/sandbox/bin/mount.efs";
const SETTINGS = "/etc/amazon/efs/efs-utils.conf";

/** dnf and yum: installs from a short list, and can't find a match for anything else. */
export const dnf: Program = async (call, inside, voice) => {
  const { flags, operands, unknown } = parseOptions(call.words, SPEC);
  if (unknown !== undefined)
    return fail(voice, `${call.program}: error: unrecognized arguments: ${unknown}`, 2);
  const [verb, ...names] = operands;
  if (flags.has("version")) {
    voice.out("4.14.0");
    return 0;
  }
  if (verb === "list" || verb === "info") return listed(names, flags, inside, voice);
  if (call.user !== "root") {
    const reason =
      "This command has to be run with superuser privileges (under the root user on most systems).";
    return fail(voice, `Error: ${reason}`);
  }
  if (verb === "install") {
    return inside.exclusively(() => Promise.resolve(install(names, flags, inside, voice)));
  }
  if (verb === "remove" || verb === "erase") {
    return inside.exclusively(() => Promise.resolve(remove(names, inside, voice)));
  }
  if (["makecache", "clean", "update", "upgrade", "check-update", "repolist"].includes(verb ?? "")) {
    for (const line of [CHECKED, "Dependencies resolved.", "Nothing to do.", "Complete!"]) voice.out(line);
    return 0;
  }
  return fail(voice, `No such command: ${verb ?? ""}. Please use /usr/bin/${call.program} --help`);
};

function install(names: readonly string[], flags: ReadonlySet<string>, inside: Inside, voice: Voice): number {
  const say = (line: string): void => (flags.has("quiet") ? undefined : voice.out(line));
  say(CHECKED);
  const absent = names.filter((name) => packageNamed(name) === undefined && !inside.packages.has(name));
  for (const name of absent) voice.out(`No match for argument: ${name}`);
  if (absent.length > 0) return fail(voice, `Error: Unable to find a match: ${absent.join(" ")}`);
  for (const name of names.filter((each) => inside.packages.has(each))) {
    say(`Package ${fullName(name)} is already installed.`);
  }
  const wanted = names.filter((name) => !inside.packages.has(name));
  const drawn = wanted.flatMap((name) => packageNamed(name)?.needs ?? []);
  const all = [...new Set([...drawn, ...wanted])].filter((name) => !inside.packages.has(name));
  say("Dependencies resolved.");
  if (all.length === 0) {
    for (const line of ["Nothing to do.", "Complete!"]) say(line);
    return 0;
  }
  if (!flags.has("assumeyes")) {
    // Nobody is there to answer: as dnf does when its standard input is at its end.
    return fail(voice, "Is this ok [y/N]: Operation aborted.");
  }
  for (const name of all) {
    inside.packages.add(name);
    if (name === "amazon-efs-utils") writeHelper(inside);
  }
  for (const line of ["", "Installed:", ...all.map((name) => `  ${fullName(name)}`), "", "Complete!"])
    say(line);
  return 0;
}

function writeHelper(inside: Inside): void {
  symlinkSync("../lib/call", inside.path(HELPER));
  mkdirSync(dirname(inside.path(SETTINGS)), { recursive: true });
  writeFileSync(
    inside.path(SETTINGS),
    `[mount]\nregion = ${inside.gates.regionName}\nstunnel_check_cert_hostname = true\n`,
  );
}

function remove(names: readonly string[], inside: Inside, voice: Voice): number {
  for (const name of names) {
    if (!inside.packages.delete(name)) voice.out(`No match for argument: ${name}`);
    else if (name === "amazon-efs-utils") rmSync(inside.path(HELPER), { force: true });
  }
  voice.out("Complete!");
  return 0;
}

function listed(names: readonly string[], flags: ReadonlySet<string>, inside: Inside, voice: Voice): number {
  const asked = names.filter((name) => name !== "installed");
  const onlyInstalled = flags.has("installed") || asked.length < names.length;
  const found = (asked.length === 0 ? [...inside.packages] : asked).filter(
    (name) => inside.packages.has(name) || (!onlyInstalled && packageNamed(name) !== undefined),
  );
  if (found.length === 0) return fail(voice, "Error: No matching Packages to list");
  for (const name of found) {
    const { arch = "noarch", version = "" } = packageNamed(name) ?? {};
    voice.out(`${name}.${arch}    ${version}    ${inside.packages.has(name) ? "@System" : "amazonlinux"}`);
  }
  return 0;
}
