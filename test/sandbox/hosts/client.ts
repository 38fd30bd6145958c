import { text } from "node:stream/consumers";
import ssh2 from "ssh2";
import type { ClientChannel, ConnectConfig, ExecOptions, SFTPWrapper } from "ssh2";
import type { Host, Hosts } from "../../../src/sandbox/hosts/host.ts";
import type { Ended } from "./run.ts";

/** Logs in to an instance, and checks that its host key is one of those it says it has. */
export function login(hosts: Hosts, host: Host, key: string, more: ConnectConfig = {}): Promise<ssh2.Client> {
  const known = host.hostKeys.map((line) => line.split(" ")[1]);
  return connect({
    host: host.address,
    port: hosts.sshPort,
    username: "ec2-user",
    privateKey: key,
    hostVerifier: (blob: Buffer) => known.includes(blob.toString("base64")),
    ...more,
  });
}

export function connect(config: ConnectConfig): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve(client));
    client.once("error", reject);
    client.connect(config);
  });
}

export function open(
  client: ssh2.Client,
  command: string,
  options: ExecOptions = {},
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
  });
}

/** Runs a command over SSH to its end. */
export async function exec(
  client: ssh2.Client,
  command: string,
  input = "",
  options: ExecOptions = {},
): Promise<Ended> {
  const channel = await open(client, command, options);
  const ended = new Promise<[number | null, string | null]>((resolve) => {
    // "exit" can have been before anybody listened; "close" says the same again.
    channel.once("close", (code: number | null, signal?: string) => resolve([code, signal ?? null]));
  });
  channel.end(input);
  const [out, err, [code, signal]] = await Promise.all([text(channel), text(channel.stderr), ended]);
  return { code, signal, out, err };
}

export function sftp(client: ssh2.Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, wrapper) => (error === undefined ? resolve(wrapper) : reject(error)));
  });
}
