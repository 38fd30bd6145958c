import { expect, it } from "vitest";
import type { StoreHost } from "../../../src/store/host.ts";
import { earlyDial } from "../../../src/store/transfer/early-dial.ts";

interface Begun {
  readonly host: StoreHost;
  closed: boolean;
}

/** Logins that are granted at once. */
function logins() {
  const begun: Begun[] = [];
  const early = earlyDial(() => {
    const label = `host ${begun.length + 1}`;
    const one: Begun = {
      host: { label, close: () => (one.closed = true) } as unknown as StoreHost,
      closed: false,
    };
    begun.push(one);
    return Promise.resolve(one.host);
  });
  return { begun, early };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

it("begins as many logins as were asked for in all, whoever guessed first", async () => {
  const { begun, early } = logins();
  early.begin(3);
  early.begin(2);
  early.begin(5);
  await soon();
  expect(begun.length).toBe(5);
});

it("gives those that were begun first, then new ones, and ends what nobody asked for", async () => {
  const { begun, early } = logins();
  early.begin(2);
  await soon();
  expect((await early.dial()).label).toBe("host 1");
  early.close();
  await soon();
  expect(begun.map(({ closed }) => closed)).toEqual([false, true]);
  expect((await early.dial()).label).toBe("host 3");
});

it("has done with each what is to be done as soon as it is there", async () => {
  const { early } = logins();
  const seen: string[] = [];
  early.begin(1);
  await soon();
  early.each(({ label }) => seen.push(label));
  early.begin(2);
  await soon();
  expect(seen).toEqual(["host 1", "host 2"]);
});
