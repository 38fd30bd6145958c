import type { Client, ClientCallback } from "ssh2";
import { member } from "./ssh2-parts.ts";

/** OpenSSH numbers the channels of a connection from here. */
const FIRST_CHANNEL = 0;

/**
 * Starts the first program of a connection, before any other channel was opened. OpenSSH, which gives channels the lowest free number, is
 * asked for the channel and the program at once; that saves a round trip, and one more where the host holds back its answer
 * until an earlier one has arrived. Other hosts are asked one after the other, as ssh2 does it.
 */
export function eagerExec(client: Client, command: string, done: ClientCallback): void {
  const protocol = member(client, "_protocol");
  const version = member(client, "_remoteVer");
  client.exec(command, done);
  if (!isProtocol(protocol) || typeof version !== "string" || !version.startsWith("OpenSSH_")) return;
  const ask = protocol.exec.bind(protocol);
  ask(FIRST_CHANNEL, command, true);
  protocol.exec = (channel, text, reply) => {
    protocol.exec = ask;
    if (channel !== FIRST_CHANNEL || text !== command) ask(channel, text, reply);
  };
}

interface Protocol {
  exec(channel: number, command: string, reply: boolean): void;
}

function isProtocol(value: unknown): value is Protocol {
  return typeof member(value, "exec") === "function";
}
