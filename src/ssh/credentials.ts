import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import path from "node:path";
import type { AnyAuthMethod, Prompt } from "ssh2";
import type { Ask, Emit } from "../events.ts";
import { type AgentKey, agentKeys, agentWith } from "./agent.ts";
import { ed25519Key, ed25519PublicLine } from "./ed25519-key.ts";
import { type IdentityFile, identityFiles } from "./identity-files.ts";
import type { SshTarget } from "./target.ts";

/** A key that lives only in this process; `admit` lets it in for a minute, through EC2 Instance Connect. */
export interface EphemeralKey {
  readonly privateKey: string;
  admit(target: SshTarget): Promise<void>;
}

/** Something to offer to a host. */
export interface Offer {
  /** For messages: what was refused. */
  readonly label: string;
  /** Makes it ready, which may ask the person; undefined where the host does not take it. */
  open(host: HostSays): Promise<AnyAuthMethod | undefined>;
}

/** What is known of a host while somebody logs in to it. */
export interface HostSays {
  /** The methods that it still takes, once it has refused one. */
  readonly methods: readonly string[] | undefined;
  /** Stops the host's clock while a person thinks. */
  readonly pausing: <T>(question: Promise<T>) => Promise<T>;
}

/** What may be offered to a host, in the order in which it is offered. */
export interface Credentials {
  offers(target: SshTarget): Promise<readonly Offer[]>;
  /** For one more connection to a host that let us in: what it took then. Nobody is asked anything. */
  furtherOffers(target: SshTarget): Promise<readonly Offer[]>;
  /** The host let us in with that. */
  accepted(target: SshTarget, offer: Offer): void;
}

export interface CredentialsOptions {
  readonly ask: Ask;
  readonly emit: Emit;
  /** SSH_AUTH_SOCK. */
  readonly agent?: string | undefined;
  /** BERTOPS_KEY_PASSPHRASE. */
  readonly passphrase?: string | undefined;
  readonly home: string;
  /** For instances; `undefined` for a host that has no Instance Connect. */
  readonly ephemeral?: (target: SshTarget) => EphemeralKey | undefined;
  /** May the person be asked for a password? Instances take none. */
  readonly passwords?: boolean;
}

const USUAL = ["id_ed25519", "id_ecdsa", "id_rsa"];
/** As often as ssh asks. */
const PASSWORD_TRIES = 3;

/**
 * Gathers what can be offered: the ephemeral key, named identities (by the agent where it holds them), the agent's other keys,
 * ssh's usual files, at last a password that a person types.
 */
export function credentials(options: CredentialsOptions): Credentials {
  const files = identityFiles(options);
  const typed = new Map<string, Offer>();
  const accepted = new Map<string, Offer>();
  return {
    accepted: (target, offer) => accepted.set(nameOf(target), offer),
    async furtherOffers(target) {
      const label = accepted.get(nameOf(target))?.label;
      const again = typed.get(nameOf(target));
      if (label === PASSWORD) return again === undefined ? [] : [again];
      // Made anew: Instance Connect admits a key for a minute.
      return (await this.offers(target)).filter((offer) => offer.label === label);
    },
    async offers(target) {
      const username = target.user;
      const ephemeral = options.ephemeral?.(target);
      if (ephemeral !== undefined) await ephemeral.admit(target);
      const named: IdentityFile[] = [];
      for (const file of target.identities) named.push(await files.named(file));
      const socket = target.agent ?? options.agent ?? "none";
      const held = socket === "none" || socket === "" ? [] : await agentKeys(socket);
      const isNamed = ({ blob }: AgentKey): boolean =>
        named.some((one) => one.blob !== undefined && one.blob.equals(blob));
      const mine = held.filter(isNamed);
      const others = target.identitiesOnly === true ? [] : held.filter((key) => !isNamed(key));
      const usual: IdentityFile[] = [];
      if (named.length === 0 && ephemeral === undefined)
        for (const name of USUAL) {
          const found = await files.usual(path.join(options.home, ".ssh", name));
          if (found !== undefined) usual.push(found);
        }
      return [
        ...(ephemeral === undefined
          ? []
          : [keyOf("an EC2 Instance Connect key", username, ephemeral.privateKey)]),
        ...agentOffer(mine, socket, username),
        ...named.flatMap((file) => fileOffer(file, username)),
        ...agentOffer(others, socket, username),
        ...usual.flatMap((file) => fileOffer(file, username)),
        // It costs a round trip: a jump host that lets anybody through leaves the question to the host behind it.
        { label: "no key at all", open: () => Promise.resolve({ type: "none", username }) },
        ...(options.passwords === true && options.ask.interactive
          ? Array.from({ length: PASSWORD_TRIES }, () =>
              passwordOffer(target, options.ask, (again) => typed.set(nameOf(target), again)),
            )
          : []),
      ];
    },
  };
}

/** A new key pair for one run: the private key for ssh2, the public line for EC2 Instance Connect. */
export function generateEphemeralKey(): { readonly privateKey: string; readonly publicKey: string } {
  // Not by ssh2, which drops a leading zero byte: one of its keys in 256 is none.
  const pair = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "der", type: "pkcs8" },
    publicKeyEncoding: { format: "der", type: "spki" },
  });
  // Not the pair's own key: when Node.js 20 frees what made a key while that key is exported, it waits for itself, for ever.
  const privateKey = createPrivateKey({ key: pair.privateKey, format: "der", type: "pkcs8" });
  return { privateKey: ed25519Key(privateKey), publicKey: ed25519PublicLine(privateKey, "bertops") };
}

function keyOf(label: string, username: string, key: string): Offer {
  return { label, open: () => Promise.resolve({ type: "publickey", username, key }) };
}

function fileOffer({ file, open }: IdentityFile, username: string): readonly Offer[] {
  if (open === undefined) return [];
  return [
    {
      label: file,
      open: async ({ pausing }) => ({ type: "publickey", username, key: await pausing(open()) }),
    },
  ];
}

function agentOffer(keys: readonly AgentKey[], socket: string, username: string): readonly Offer[] {
  if (keys.length === 0) return [];
  const label = `${keys.length === 1 ? "a key" : `${keys.length} keys`} of the SSH agent`;
  return [
    { label, open: () => Promise.resolve({ type: "agent", username, agent: agentWith(socket, keys) }) },
  ];
}

const PASSWORD = "a password";

function nameOf({ user, host, port }: SshTarget): string {
  return `${user}@${host}:${port}`;
}

/** Asks for a password; `onTyped` is given what offers the same once more. */
function passwordOffer(target: SshTarget, ask: Ask, onTyped: (again: Offer) => void): Offer {
  const username = target.user;
  const question = (message: string): Promise<string> =>
    ask.secret({ message, flag: "--identity FILE, or use an SSH agent" });
  const remember = (method: AnyAuthMethod): AnyAuthMethod => {
    onTyped({ label: PASSWORD, open: () => Promise.resolve(method) });
    return method;
  };
  return {
    label: PASSWORD,
    async open({ methods = [], pausing }) {
      if (methods.includes("keyboard-interactive"))
        return {
          type: "keyboard-interactive",
          username,
          prompt: (_name, _instructions, _lang, prompts, finish) => {
            const told = pausing(answers(prompts, target, question)).then((words) => {
              // A password holds for the next connection, too; a one-time code does not.
              if (prompts.length === 1 && /password/iu.test(prompts[0]?.prompt ?? ""))
                remember({ type: "keyboard-interactive", username, prompt: (...rest) => rest[4](words) });
              return words;
            });
            void told.then(finish, () => finish([]));
          },
        };
      if (!methods.includes("password")) return undefined;
      const password = await pausing(question(`Password of ${username}@${target.label}`));
      return remember({ type: "password", username, password });
    },
  };
}

/** Hosts ask for more than passwords: one-time codes, a second factor. */
async function answers(
  prompts: readonly Prompt[],
  target: SshTarget,
  question: (message: string) => Promise<string>,
): Promise<string[]> {
  const given: string[] = [];
  for (const { prompt } of prompts)
    given.push(await question(`${target.user}@${target.label}: ${prompt.trim().replace(/:$/u, "")}`));
  return given;
}
