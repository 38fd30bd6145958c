import { describe, expect, it } from "vitest";
import {
  admitted,
  describeOwner,
  type Gate,
  isLeftover,
  lasting,
  networkOf,
} from "../../src/plan/admission.ts";

const OWNER = { user: "alice", machine: "laptop.example", pid: 4242 };
const NOW = new Date("2026-11-26T15:45:00Z");

function gate(...openings: readonly [number, number, string, string?][]): readonly Gate[] {
  return [
    {
      groupId: "sg-1",
      openings: openings.map(([from, to, source, description = ""]) => ({ from, to, source, description })),
    },
  ];
}
const from = (address: string, ...groupIds: string[]) => ({ address, groupIds });

describe("what a security group admits", () => {
  it.each([
    ["203.0.113.7/32", "203.0.113.7", "yes"],
    ["203.0.113.8/32", "203.0.113.7", "no"],
    ["203.0.113.0/24", "203.0.113.7", "yes"],
    ["0.0.0.0/0", "203.0.113.7", "yes"],
    ["0.0.0.0/0", "2001:db8::1", "no"],
    ["::/0", "2001:db8::1", "yes"],
    ["2001:db8::/64", "2001:db8:0:0:ffff::1", "yes"],
    ["2001:db8:0:1::/64", "2001:db8::1", "no"],
    ["2001:db8::1/128", "2001:db8:0:0:0:0:0:1", "yes"],
    ["pl-1234", "203.0.113.7", "unknown"],
    ["sg-9", "203.0.113.7", "no"],
  ])("%s for %s: %s", (source, address, expected) => {
    expect(admitted(gate([22, 22, source]), 22, from(address))).toBe(expected);
  });

  it("looks at port ranges and at groups behind the knock", () => {
    expect(admitted(gate([0, 65_535, "10.0.0.0/8"]), 22, from("10.1.2.3"))).toBe("yes");
    expect(admitted(gate([23, 80, "10.0.0.0/8"]), 22, from("10.1.2.3"))).toBe("no");
    expect(admitted(gate([22, 22, "sg-9"]), 22, from("10.1.2.3", "sg-9"))).toBe("yes");
    expect(admitted(gate([22, 22, "10.0.0.0/8"]), 22, { address: undefined, groupIds: ["sg-9"] })).toBe(
      "unknown",
    );
  });

  it("leaves what is open for now out of what lasts", () => {
    const gates = gate([22, 22, "203.0.113.7/32", describeOwner(OWNER, NOW)]);
    expect(admitted(gates, 22, from("203.0.113.7"))).toBe("yes");
    expect(admitted(lasting(gates), 22, from("203.0.113.7"))).toBe("no");
  });

  it("never admits more than one address", () => {
    expect(networkOf("203.0.113.7")).toBe("203.0.113.7/32");
    expect(networkOf("2001:db8::7")).toBe("2001:db8::7/128");
  });
});

describe("a rule that a command left behind", () => {
  const left = (
    description: string,
    { now = NOW, alive = false }: { now?: Date; alive?: boolean } = {},
  ): boolean => isLeftover(description, { owner: { ...OWNER, pid: 1 }, now, isAlive: () => alive });

  it("is known by its owner, once that process is gone", () => {
    const description = describeOwner(OWNER, NOW);
    expect(description).toBe("bertops for now: alice@laptop.example pid 4242 since 2026-11-26T15:45:00Z");
    expect(left(description)).toBe(true);
    expect(left(description, { alive: true })).toBe(false);
  });

  it("is somebody else's for twelve hours", () => {
    const description = describeOwner({ ...OWNER, machine: "desk" }, NOW);
    expect(left(description)).toBe(false);
    expect(left(description, { now: new Date(NOW.getTime() + 11 * 3_600_000) })).toBe(false);
    expect(left(description, { now: new Date(NOW.getTime() + 13 * 3_600_000) })).toBe(true);
  });

  it.each([
    "",
    "bertops: SSH for alice",
    "my own rule",
    "bertops for now: alice",
    "for now: a@b pid 1 since x",
  ])("is not %j", (description) => {
    expect(left(description, { now: new Date("2030-01-01") })).toBe(false);
  });

  it("holds only letters that EC2 takes, at most 255", () => {
    const description = describeOwner(
      { user: "Älice/ü".repeat(50), machine: "x".repeat(300), pid: 2 ** 31 },
      NOW,
    );
    expect(description).toMatch(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/u);
  });
});
