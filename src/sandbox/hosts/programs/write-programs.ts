import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Machine } from "../machine.ts";
import { callProgram } from "./call-program.ts";
import { INSTALL_PROGRAM } from "./install-program.ts";
import { sudoProgram, suProgram } from "./sudo-program.ts";

/** Programs that the sandbox answers for, in every isolation. */
const CALLS =
  "df dnf findmnt getent mount mountpoint nc ncat poweroff reboot rpm shutdown systemctl umount yum".split(
    " ",
  );
/** Programs whose answer needs the sandbox where one real uid stands behind all user names. */
const CALLS_WITHOUT_USERS = ["chgrp", "chown", "groups", "id", "logname", "whoami"];
/** Programs whose answer needs the sandbox where nothing else tells instances apart. */
const CALLS_WITHOUT_NAMESPACE = ["hostname"];

const SFTP = fileURLToPath(new URL("sftp/", import.meta.url));

/** Puts the sandbox's programs into an instance's root, where its users find them first. */
export function writePrograms(machine: Machine): void {
  const prefix = machine.isolation === "prefix" ? machine.root : "";
  const bin = join(machine.root, "opt/sandbox/bin");
  const put = (path: string, text: string): void => {
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  };
  const names = [
    ...CALLS,
    ...(machine.realUsers ? [] : CALLS_WITHOUT_USERS),
    ...(prefix === "" ? [] : CALLS_WITHOUT_NAMESPACE),
  ];
  put(join(machine.root, "opt/sandbox/lib/call"), callProgram(prefix));
  for (const name of names) symlinkSync("../lib/call", join(bin, name));
  symlinkSync("../../sandbox/lib/call", join(machine.root, "opt/elasticbeanstalk/bin/get-config"));
  put(join(bin, "sudo"), sudoProgram({ prefix, realUsers: machine.realUsers }));
  put(join(bin, "su"), suProgram());
  put(join(bin, "runuser"), suProgram());
  if (!machine.realUsers) put(join(bin, "install"), INSTALL_PROGRAM);
  writeSftp(join(machine.root, "opt/sandbox/lib/sftp"));
}

/** The SFTP server is JavaScript as it stands: it runs inside the instance, from sources and from a build alike. */
function writeSftp(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  cpSync(SFTP, directory, { recursive: true, filter: (path) => !path.endsWith(".d.ts") });
  writeFileSync(join(directory, "package.json"), `{"type":"module"}\n`);
}
