/**
 * Rules that admit a caller for the time of one command. Their description says whose they are, so that the next command can
 * take back what a killed one left behind, and leaves everybody else's alone.
 */

/** What a security group admits over TCP; everything (protocol -1) is ports 0 to 65535. */
export interface Opening {
  readonly from: number;
  readonly to: number;
  /** A network, a group's id, or a prefix list's id. */
  readonly source: string;
  readonly description: string;
}

/** A security group as far as who may come in goes. */
export interface Gate {
  readonly groupId: string;
  readonly openings: readonly Opening[];
}

/** Who knocks at an instance: an address, where it is known, and the groups of the interface behind it. */
export interface Knock {
  readonly address: string | undefined;
  readonly groupIds: readonly string[];
}

/** One process of one person. */
export interface Owner {
  readonly user: string;
  readonly machine: string;
  readonly pid: number;
}

/** After this even a rule whose owner cannot be asked is given up: no command takes so long, and it is renewed when needed. */
const ABANDONED_MS = 12 * 3_600_000;
const PREFIX = "bertops for now: ";

/** Do the gates admit the knock on this port? `unknown` where a prefix list might, or a network that an unknown address may be in. */
export function admitted(gates: readonly Gate[], port: number, knock: Knock): "yes" | "no" | "unknown" {
  const openings = gates
    .flatMap(({ openings: all }) => all)
    .filter(({ from, to }) => from <= port && port <= to);
  const { address, groupIds } = knock;
  if (
    openings.some(
      ({ source }) => groupIds.includes(source) || (address !== undefined && holds(source, address)),
    )
  )
    return "yes";
  const perhaps = (source: string): boolean =>
    source.startsWith("pl-") || (address === undefined && source.includes("/"));
  return openings.some(({ source }) => perhaps(source)) ? "unknown" : "no";
}

/** The same gates without what is open for the time of some command. */
export function lasting(gates: readonly Gate[]): readonly Gate[] {
  return gates.map(({ groupId, openings }) => ({
    groupId,
    openings: openings.filter(({ description }) => !description.startsWith(PREFIX)),
  }));
}

/** The network of one address: /32, or /128 for IPv6. */
export function networkOf(address: string): string {
  return `${address}/${address.includes(":") ? 128 : 32}`;
}

/** How a rule for now is described: letters that EC2 takes, 255 at most. */
export function describeOwner({ user, machine, pid }: Owner, now: Date): string {
  const word = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]/gu, "-").slice(0, 60);
  return `${PREFIX}${word(user)}@${word(machine)} pid ${pid} since ${now.toISOString().slice(0, 19)}Z`;
}

/** Whether a rule with this description is bertops' own, and nobody's any more. */
export function isLeftover(
  description: string,
  here: { readonly owner: Owner; readonly now: Date; readonly isAlive: (pid: number) => boolean },
): boolean {
  const found = /^bertops for now: (?<who>\S+) pid (?<pid>\d+) since (?<since>\S+)$/u.exec(
    description,
  )?.groups;
  if (found === undefined) return false;
  const pid = Number(found["pid"]);
  const mine = describeOwner({ ...here.owner, pid }, new Date(0)).split(" pid ")[0];
  if (`${PREFIX}${found["who"]}` === mine && pid !== here.owner.pid) {
    if (!here.isAlive(pid)) return true;
  }
  const since = Date.parse(found["since"] ?? "");
  return !Number.isNaN(since) && here.now.getTime() - since > ABANDONED_MS;
}

function holds(network: string, address: string): boolean {
  if (!network.includes("/")) return false;
  const [base = "", bits = ""] = network.split("/");
  const family = base.includes(":") ? 6 : 4;
  if ((address.includes(":") ? 6 : 4) !== family) return false;
  const width = family === 6 ? 128 : 32;
  const shift = BigInt(width - Number(bits));
  return toNumber(base) >> shift === toNumber(address) >> shift;
}

function toNumber(address: string): bigint {
  if (!address.includes(":")) return address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(gap).fill("0"), ...right].reduce(
    (sum, part) => sum * 65_536n + BigInt(`0x${part}`),
    0n,
  );
}
