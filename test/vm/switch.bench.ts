import path from "node:path";
import { expect, it } from "vitest";
import { writeRandomModel } from "../random-model/write-random-model.ts";
import { publishedAt, pushModel, startSecondClient } from "./second-client.ts";
import { startVm } from "./vm-host.ts";

/** Seconds from the rename on the first client to an answer of the new version on the second one. */
const GOAL = 5;
const SWITCHES = 7;

it(`a second client answers with the new version within ${GOAL} s of its rename`, async () => {
  const vm = await startVm();
  try {
    await vm.restore("mounted");
    const push = async (round: number): Promise<string> => {
      const directory = path.join(vm.directory, `model-${round}`);
      await writeRandomModel(directory, 100 + round);
      return pushModel(vm, directory);
    };
    const client = await startSecondClient(vm);
    await client.answersWith(await push(0));
    const all: number[] = [];
    for (let round = 1; round <= SWITCHES; round++) {
      const { loadedAt, loadSeconds } = await client.answersWith(await push(round));
      const took = Date.parse(loadedAt) / 1000 - (await publishedAt(vm));
      all.push(took);
      console.log(
        `${took.toFixed(2)} s: ${(took - loadSeconds).toFixed(2)} until it was seen, ${loadSeconds} to load`,
      );
    }
    const sorted = all.toSorted((one, other) => one - other);
    console.log(`median ${sorted[SWITCHES >> 1]?.toFixed(2)} s, longest ${sorted.at(-1)?.toFixed(2)} s`);
    expect(sorted.at(-1)).toBeLessThan(GOAL);
  } finally {
    await vm.close();
  }
});
