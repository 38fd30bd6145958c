import type { Program } from "./call.ts";
import { df } from "./df.ts";
import { dnf } from "./dnf.ts";
import { findmnt } from "./findmnt.ts";
import { getConfig } from "./get-config.ts";
import { hostname, identity, ownership } from "./identity.ts";
import { mount, mountHelper } from "./mount.ts";
import { mountpoint } from "./mountpoint.ts";
import { getent, nc } from "./network.ts";
import { reboot } from "./reboot.ts";
import { rpm } from "./rpm.ts";
import { systemctl } from "./systemctl.ts";
import { umount } from "./umount.ts";

/** Every program that the sandbox answers for, by the name it is called by. */
export const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ["chgrp", ownership],
  ["chown", ownership],
  ["df", df],
  ["dnf", dnf],
  ["findmnt", findmnt],
  ["get-config", getConfig],
  ["getent", getent],
  ["groups", identity],
  ["hostname", hostname],
  ["id", identity],
  ["logname", identity],
  ["mount", mount],
  ["mount.efs", mountHelper],
  ["mountpoint", mountpoint],
  ["nc", nc],
  ["ncat", nc],
  ["poweroff", reboot],
  ["reboot", reboot],
  ["rpm", rpm],
  ["shutdown", reboot],
  ["systemctl", systemctl],
  ["umount", umount],
  ["whoami", identity],
  ["yum", dnf],
]);
