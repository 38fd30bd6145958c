import { randomBytes } from "node:crypto";
import { EXIT, UserError } from "../../errors.ts";
import type { Connection } from "../../ssh/connection.ts";
import { collect, type ExecOptions, type ExecResult } from "../../ssh/exec.ts";
import { quote } from "../../ssh/quote.ts";
import type { SudoPasswords } from "./sudo-passwords.ts";

export interface AsRootOptions extends ExecOptions {
  readonly script: string;
  /** Who is logged in, for messages and for the password. */
  readonly user: string;
  readonly id: string;
  /** Where there is nobody to ask, a password that sudo wants is an error. */
  readonly passwords?: SudoPasswords | undefined;
}

/** Root runs it as it is; others through sudo. The text comes over standard input, so no argument shows it. */
const PLAIN = `sh -c ${quote('if [ "$(id -u)" = 0 ]; then exec sh -s; else exec sudo -n sh -s; fi')}`;
/** Milliseconds for sudo to ask or to begin; PAM may look around the network. */
const SUDO_MS = 60_000;
const TRIES = 3;

/**
 * Runs a shell script as root. Where sudo wants a password it is written to sudo's standard input once sudo has asked for it, and the
 * script only once sudo has begun: neither can end up where the other belongs, in an argument or in a log.
 */
export async function runAsRoot(connection: Connection, options: AsRootOptions): Promise<ExecResult> {
  const { script, user, id, passwords, ...exec } = options;
  const result = await connection.exec(PLAIN, { ...exec, stdin: script });
  if (result.code === 0 || !/sudo: .*password/iu.test(result.stderr)) {
    const refused = result.code === 0 ? undefined : refusal(result.stderr, user, id);
    if (refused !== undefined) throw refused;
    return result;
  }
  if (passwords === undefined) throw needsPassword(user, id);
  const nonce = randomBytes(12).toString("hex");
  const [prompt, ready] = [`bertops-asks-${nonce}`, `bertops-begins-${nonce}`];
  const inner = `echo ${ready}; exec sh -s`;
  const channel = await connection.start(`sh -c ${quote(`exec sudo -S -p ${prompt} sh -c ${quote(inner)}`)}`);
  await new Promise<void>((resolve, reject) => {
    let out = "";
    let err = "";
    let asked = 0;
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      channel.off("data", onOut).off("close", onClose);
      channel.stderr.off("data", onErr);
      end();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        channel.close();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    const late = (): void =>
      fail(
        new UserError({
          reason: "sudo-silent",
          message: `sudo on ${id} neither began nor asked for a password within ${SUDO_MS / 1000} s.`,
          hint: "Try it by hand: sudo true.",
          next: ["bertops ssh -- sudo -n true"],
          exitCode: EXIT.retry,
        }),
      );
    let timer = setTimeout(late, SUDO_MS);
    const answer = async (): Promise<void> => {
      if (asked > TRIES) throw wrongPassword(user, id);
      const password = await passwords.of(user, id, asked > 1);
      if (password === undefined) throw asked > 1 ? wrongPassword(user, id) : needsPassword(user, id);
      timer = setTimeout(late, SUDO_MS);
      channel.write(`${password}\n`);
    };
    function onOut(chunk: Buffer): void {
      out += chunk.toString("utf8");
      if (out.includes(ready)) settle(resolve);
    }
    function onErr(chunk: Buffer): void {
      err += chunk.toString("utf8");
      if (!err.includes(prompt)) return;
      err = "";
      asked += 1;
      clearTimeout(timer);
      answer().catch(fail);
    }
    function onClose(): void {
      const refused = refusal(err, user, id);
      const why = asked > 0 ? wrongPassword(user, id) : notAllowed(user, id, err);
      settle(() => reject(refused ?? why));
    }
    channel.on("data", onOut).on("close", onClose);
    channel.stderr.on("data", onErr);
    exec.signal?.addEventListener("abort", () => fail(exec.signal?.reason), { once: true });
  });
  return collect(channel, connection.label, { ...exec, stdin: script });
}

/** What sudo says when it would not do it at all. */
function refusal(stderr: string, user: string, id: string): UserError | undefined {
  if (/must have a tty/iu.test(stderr))
    return new UserError({
      reason: "sudo-terminal",
      message: `sudo on ${id} wants a terminal (Defaults requiretty), and a program that is sent has none.`,
      hint: `Write "Defaults:${user} !requiretty" to a file in /etc/sudoers.d there, or log in as root.`,
      next: ["bertops ssh"],
      exitCode: EXIT.denied,
    });
  if (/is not (?:in the sudoers|allowed)|may not run/iu.test(stderr)) return notAllowed(user, id, stderr);
  if (/sudo: not found|sudo: command not found/iu.test(stderr))
    return new UserError({
      reason: "no-sudo",
      message: `${id} has no sudo, and ${user} is not root.`,
      hint: "Install sudo there, or log in as root: --ssh-user root.",
      exitCode: EXIT.denied,
    });
  return undefined;
}

function notAllowed(user: string, id: string, stderr: string): UserError {
  return new UserError({
    reason: "sudo-refused",
    message: `${user} may not become root on ${id}: ${stderr.trim().split("\n").at(-1) ?? ""}`,
    hint: "Log in as somebody who may, or as root: --ssh-user NAME.",
    exitCode: EXIT.denied,
  });
}

function wrongPassword(user: string, id: string): UserError {
  return new UserError({
    reason: "sudo-password-wrong",
    message: `sudo on ${id} does not accept the password of ${user}.`,
    hint: "It is the user's own password on that host, not root's and not the key's passphrase.",
    next: ["bertops mount-efs --ask-sudo-password"],
    exitCode: EXIT.denied,
  });
}

function needsPassword(user: string, id: string): UserError {
  return new UserError({
    reason: "sudo-password",
    message: `${user} on ${id} needs a password for sudo, and there is nobody to ask.`,
    hint: "Run it on a terminal, set BERTOPS_SUDO_PASSWORD, log in as root, or let this user run sudo without a password.",
    next: ["bertops mount-efs --ask-sudo-password"],
    exitCode: EXIT.denied,
  });
}
