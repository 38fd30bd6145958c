import type { ChildProcess } from "node:child_process";
import type { PseudoTtyInfo, ServerChannel, Session } from "ssh2";
import { loginShell } from "../login-environment.ts";
import { pump } from "./pump.ts";
import { Terminal } from "./terminal.ts";
import type { Start } from "./terminal.ts";

/** Environment variables that a client may send, as sshd on Amazon Linux accepts them. */
const ACCEPTED = /^(?:LANG|LANGUAGE|LC_\w+|XMODIFIERS)$/u;

/** Serves one session of a client: exec, a shell, a terminal, signals, SFTP. */
export function serveSession(
  session: Session,
  start: Start,
  connection: Readonly<Record<string, string>>,
): void {
  const env: Record<string, string> = { ...connection };
  let size: PseudoTtyInfo | undefined;
  let running: ChildProcess | undefined;
  let terminal: Terminal | undefined;

  session.on("env", (accept, reject, info: { key?: string; val?: string; value?: string }) => {
    if (info.key === undefined || !ACCEPTED.test(info.key)) return reject?.();
    env[info.key] = info.val ?? info.value ?? "";
    accept?.();
  });
  session.on("pty", (accept, _reject, info) => {
    size = info;
    accept?.();
  });
  session.on("window-change", (accept, _reject, info) => {
    terminal?.resize(info);
    accept?.();
  });
  session.on("signal", (accept, _reject, info) => {
    running?.kill(`SIG${info.name.replace(/^SIG/u, "")}` as NodeJS.Signals);
    accept?.();
  });
  session.on("exec", (accept, reject, info) => {
    run(accept, reject, () => start([loginShell(), "-c", info.command], env), info.command);
  });
  session.on("shell", (accept, reject) => {
    run(accept, reject, () => start([loginShell(), "-l"], env), undefined);
  });
  session.on("subsystem", (accept, reject, info) => {
    if (info.name !== "sftp") return reject();
    size = undefined;
    run(accept, reject, () => start(["node", "/opt/sandbox/lib/sftp/main.js"], env), undefined);
  });

  function run(
    accept: () => ServerChannel,
    reject: () => void,
    plain: () => ChildProcess,
    command: string | undefined,
  ): void {
    try {
      terminal = size === undefined ? undefined : new Terminal(start, size, command, env);
      running = terminal?.child ?? plain();
    } catch {
      reject();
      return;
    }
    const channel = accept();
    if (terminal !== undefined) channel.once("close", () => terminal?.hangUp());
    pump(running, channel, { merge: terminal !== undefined });
  }
}
