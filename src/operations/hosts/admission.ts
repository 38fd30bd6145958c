import type { SecurityGroups } from "../../aws/security-groups.ts";
import { EXIT, UserError } from "../../errors.ts";
import type { Ask, Emit } from "../../events.ts";
import {
  admitted,
  describeOwner,
  type Gate,
  isLeftover,
  type Knock,
  lasting,
  networkOf,
  type Owner,
} from "../../plan/admission.ts";
import type { Way } from "./way.ts";

/** What admitting needs of AWS. */
export interface AdmissionPorts {
  readonly securityGroups: Pick<SecurityGroups, "gates" | "admit" | "revoke">;
  callerAddress(): Promise<string | undefined>;
  /** The same, for taking back when the command itself has been stopped. */
  afterwards(): Promise<Pick<SecurityGroups, "gates" | "revoke">>;
}

/** An instance, and the way that leads to it. */
export interface Entrance {
  readonly id: string;
  readonly securityGroupIds: readonly string[];
  readonly way: Way;
}

export interface AdmissionOptions {
  readonly ports: AdmissionPorts;
  /** The SSH port, as rules name it. */
  readonly port: number;
  /** `always`: `--admit-me`; `never`: only find out, for commands that change nothing. */
  readonly consent: "ask" | "always" | "never";
  readonly owner: Owner;
  readonly ask: Ask;
  readonly emit: Emit;
  /** Runs when the command ends, however it ends. */
  readonly atEnd: (work: () => Promise<void>) => void;
}

/** Sees that security groups let us in for as long as the command takes, and no longer. */
export interface Admission {
  /** Called before each connection. Asks the person at most once for all instances; false where the door stays shut. */
  ensure(id: string): Promise<boolean>;
  /** Says of a failed connection that a security group is what is in the way, where it is. */
  explain(id: string, error: unknown): unknown;
}

interface Closed {
  readonly groupId: string;
  /** What would have to be admitted: a network or the endpoint's group. */
  readonly source: string;
}

/** Prepares admission for instances; makes no call before the first connection. */
export function admission(entrances: readonly Entrance[], options: AdmissionOptions): Admission {
  const byId = new Map(entrances.map((entrance) => [entrance.id, entrance]));
  const closed = new Map<string, Closed>();
  const borrowed = new Set<string>();
  const held = new Map<string, Closed>();
  let looking: Promise<void> | undefined;
  const { ports, port, owner, emit } = options;
  const description = describeOwner(owner, new Date());
  const rule = (source: string) => ({ port, source, description });

  async function look(): Promise<void> {
    const caller = await callerOf(entrances, ports);
    const groupIds = [...new Set(entrances.flatMap(({ securityGroupIds }) => securityGroupIds))];
    const gates = await withoutLeftovers(await ports.securityGroups.gates(groupIds), options);
    for (const entrance of entrances) {
      const knock = knockOf(entrance.way, caller);
      const own = gates.filter(({ groupId }) => entrance.securityGroupIds.includes(groupId));
      const [first] = own;
      if (knock === undefined || first === undefined || admitted(lasting(own), port, knock) !== "no")
        continue;
      const source =
        knock.groupIds[0] ?? (knock.address === undefined ? undefined : networkOf(knock.address));
      if (source === undefined) continue;
      if (admitted(own, port, knock) === "yes") borrowed.add(entrance.id);
      closed.set(entrance.id, { groupId: first.groupId, source });
    }
    if (closed.size === 0 || options.consent === "never") return;
    // What another command has opened is open for us too; only --admit-me holds it open when that one ends.
    const shut = new Map([...closed].filter(([id]) => options.consent === "always" || !borrowed.has(id)));
    if (shut.size === 0 || !(await agreed(shut, options))) return;
    options.atEnd(() => takeBack([...held.values()], options, description));
    for (const one of unique(shut.values())) {
      // Noted before the call: one that is cut off may have reached AWS.
      held.set(keyOf(one), one);
      await ports.securityGroups.admit(one.groupId, rule(one.source));
      emit({
        type: "note",
        message: `${one.groupId} admits ${one.source} on port ${port} until this command ends.`,
      });
    }
  }

  return {
    async ensure(id) {
      if (!byId.has(id)) return true;
      const first = looking === undefined;
      looking ??= look();
      await looking;
      const one = closed.get(id);
      // Somebody behind the same address may have taken back the rule that both needed.
      const holds = one !== undefined && held.has(keyOf(one));
      if (holds && !first) await ports.securityGroups.admit(one.groupId, rule(one.source));
      return one === undefined || holds || borrowed.has(id);
    },
    explain(id, error) {
      const one = closed.get(id);
      if (one === undefined || held.has(keyOf(one))) return error;
      if (!(error instanceof UserError) || error.reason !== "ssh-unreachable") return error;
      return new UserError({
        reason: "ssh-closed",
        message: `${error.message} The security group ${one.groupId} does not admit ${one.source} on port ${port}.`,
        hint: "--admit-me admits it for the time of one command and takes it back afterwards.",
        next: [
          "bertops ssh --admit-me -- true",
          `aws ec2 authorize-security-group-ingress --group-id ${one.groupId} --protocol tcp --port ${port} ${flagOf(one.source)}`,
        ],
        exitCode: EXIT.retry,
        cause: error,
      });
    },
  };
}

/** The public address counts only where a way leads over it. */
async function callerOf(entrances: readonly Entrance[], ports: AdmissionPorts): Promise<string | undefined> {
  const needed = entrances.some(
    ({ way }) => way.kind === "direct" || (way.kind === "endpoint" && way.endpoint.preservesClientIp),
  );
  return needed ? ports.callerAddress() : undefined;
}

/** As whom the instance's groups see us; undefined where that cannot be said. */
function knockOf(way: Way, caller: string | undefined): Knock | undefined {
  if (way.kind === "jump") return undefined;
  if (way.kind === "endpoint" && !way.endpoint.preservesClientIp)
    return { address: undefined, groupIds: way.endpoint.securityGroupIds };
  if (caller === undefined) return undefined;
  // To an IPv6 address we do not come from an IPv4 one; to a private one, not from a public one.
  const sameFamily = way.address.includes(":") === caller.includes(":");
  return sameFamily ? { address: caller, groupIds: [] } : undefined;
}

async function agreed(closed: ReadonlyMap<string, Closed>, options: AdmissionOptions): Promise<boolean> {
  if (options.consent === "always") return true;
  const what = unique(closed.values()).map(({ groupId, source }) => `${source} in ${groupId}`);
  try {
    return await options.ask.confirm({
      message: `Port ${options.port} of ${[...closed.keys()].join(", ")} is closed to you. Admit ${what.join(", ")} until this command ends?`,
      flag: "--admit-me",
    });
  } catch (error) {
    // Without a terminal we try anyway: a VPN may know a way that the rules do not show.
    if (error instanceof UserError && error.reason === "answer-needed") return false;
    throw error;
  }
}

async function withoutLeftovers(
  gates: readonly Gate[],
  { ports, consent, owner, emit }: AdmissionOptions,
): Promise<readonly Gate[]> {
  if (consent === "never") return gates;
  const here = { owner, now: new Date(), isAlive };
  return Promise.all(
    gates.map(async ({ groupId, openings }) => {
      const left = openings.filter(({ description }) => isLeftover(description, here));
      for (const { from, source, description } of left) {
        await ports.securityGroups.revoke(groupId, { port: from, source, description });
        emit({
          type: "note",
          message: `Took back a rule that an earlier command left in ${groupId}: port ${from} for ${source}.`,
        });
      }
      return { groupId, openings: openings.filter((opening) => !left.includes(opening)) };
    }),
  );
}

/** Takes back what carries our own description; a rule of somebody else with the same source stays. */
async function takeBack(
  held: readonly Closed[],
  { ports, port, emit }: AdmissionOptions,
  description: string,
): Promise<void> {
  try {
    const groups = await ports.afterwards();
    const gates = await groups.gates([...new Set(held.map(({ groupId }) => groupId))]);
    for (const { groupId, openings } of gates)
      for (const opening of openings)
        if (opening.description === description) {
          await groups.revoke(groupId, { port, source: opening.source, description });
          emit({ type: "note", message: `${groupId} no longer admits ${opening.source} on port ${port}.` });
        }
  } catch (error) {
    emit({
      type: "warning",
      message: `A rule for this command is still there: ${error instanceof Error ? error.message : String(error)}`,
      hint: `The next command that logs in takes it back, or: ${held
        .map(
          ({ groupId, source }) =>
            `aws ec2 revoke-security-group-ingress --group-id ${groupId} --protocol tcp --port ${port} ${flagOf(source)}`,
        )
        .join("; ")}`,
    });
  }
}

function flagOf(source: string): string {
  if (source.startsWith("sg-")) return `--source-group ${source}`;
  if (source.includes(":")) return `--ip-permissions IpProtocol=tcp,Ipv6Ranges=[{CidrIpv6=${source}}]`;
  return `--cidr ${source}`;
}

function unique(all: Iterable<Closed>): readonly Closed[] {
  return [...new Map([...all].map((one) => [keyOf(one), one])).values()];
}

function keyOf({ groupId, source }: Closed): string {
  return `${groupId} ${source}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
