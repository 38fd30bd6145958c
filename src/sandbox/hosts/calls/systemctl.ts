import { fail } from "./call.ts";
import type { Call, Program, Voice } from "./call.ts";
import type { Inside } from "./inside.ts";
import { mount } from "./mount.ts";

/** Units that an instance of Beanstalk's Node.js platform has, all of them running. */
const SERVICES = "amazon-ssm-agent chronyd crond nginx rpcbind sshd systemd-journald healthd eb-engine".split(
  " ",
);
const TARGETS = "remote-fs.target network-online.target multi-user.target nfs-client.target".split(" ");
const RUNNING = new Set([...SERVICES, ...TARGETS]);
const WATCHDOG = "amazon-efs-mount-watchdog";

/** systemctl, as far as mounts need it: it starts nothing that the sandbox does not run. */
export const systemctl: Program = async (call, inside, voice) => {
  const words = call.words.filter((word) => !word.startsWith("-"));
  const quiet = call.words.includes("-q") || call.words.includes("--quiet");
  const [verb = "list-units", ...units] = words;
  if (verb === "is-active" || verb === "is-enabled" || verb === "is-failed") {
    return asked(verb, units, inside, quiet ? undefined : voice);
  }
  if (verb === "show" || verb === "status") {
    for (const unit of units) voice.out(`${unit} - ${active(unit, inside) ? "active" : "inactive"}`);
    return units.every((unit) => active(unit, inside)) ? 0 : 3;
  }
  if (verb === "is-system-running") {
    voice.out("running");
    return 0;
  }
  if (call.user !== "root") {
    return fail(voice, `Failed to ${verb} ${units.join(" ")}: Interactive authentication required.`);
  }
  if (verb === "daemon-reload" || verb === "reset-failed") return 0;
  if (verb === "reboot") {
    inside.scheduleReboot();
    return 0;
  }
  if (["start", "stop", "restart", "try-restart", "reload", "enable", "disable"].includes(verb)) {
    return changed(verb, units, call, inside, voice);
  }
  return fail(voice, `Unknown command verb ${verb}.`);
};

function asked(verb: string, units: readonly string[], inside: Inside, voice: Voice | undefined): number {
  const word = {
    "is-active": ["active", "inactive"],
    "is-enabled": ["enabled", "disabled"],
    "is-failed": ["failed", "active"],
  };
  const states = units.map((unit) => (verb === "is-failed" ? false : active(unit, inside)));
  const [yes = "", no = ""] = word[verb as keyof typeof word];
  for (const state of states) voice?.out(state ? yes : no);
  if (verb === "is-active") return states.some(Boolean) ? 0 : 3;
  return states.some(Boolean) ? 0 : 1;
}

/** Units that are files of mount points are active while something is mounted there. */
function active(unit: string, inside: Inside): boolean {
  const name = unit.replace(/\.service$/u, "");
  if (RUNNING.has(name)) return true;
  if (name === WATCHDOG) return inside.packages.has("amazon-efs-utils");
  return inside.mounts.mounts.some((each) => unitOf(each.target) === name);
}

function unitOf(target: string): string {
  return `${target.replace(/^\//u, "").replaceAll("-", "\\x2d").replaceAll("/", "-")}.mount`;
}

async function changed(
  verb: string,
  units: readonly string[],
  call: Call,
  inside: Inside,
  voice: Voice,
): Promise<number> {
  for (const unit of units) {
    const name = unit.replace(/\.service$/u, "");
    if (RUNNING.has(name) || (name === WATCHDOG && inside.packages.has("amazon-efs-utils"))) {
      if (name === "remote-fs.target" && verb.endsWith("start")) {
        await mount({ ...call, program: "mount", words: ["-a", "-t", "efs,nfs4"] }, inside, voice);
      }
    } else if (unit.endsWith(".mount")) {
      const target = `/${unit.slice(0, -".mount".length).replaceAll("-", "/").replaceAll("\\x2d", "-")}`;
      const answer = await mount({ ...call, program: "mount", words: [target] }, inside, voice);
      if (answer !== 0) return fail(voice, `Job for ${unit} failed.`);
    } else {
      return fail(
        voice,
        `Failed to ${verb} unit: Unit file ${unit.includes(".") ? unit : `${unit}.service`} does not exist.`,
      );
    }
  }
  return 0;
}
