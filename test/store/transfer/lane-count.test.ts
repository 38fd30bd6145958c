import { describe, expect, it } from "vitest";
import { firstLanes, LaneController, mostLanes } from "../../../src/store/transfer/lane-count.ts";

const GB = 1_000_000_000;

describe("connections", () => {
  it("begin with one on a LAN, with what a long link's windows take, and with few for little", () => {
    expect(firstLanes({ roundTrip: 1, bytes: GB, files: 1 })).toBe(1);
    expect(firstLanes({ roundTrip: 20, bytes: GB, files: 1 })).toBe(2);
    expect(firstLanes({ roundTrip: 80, bytes: GB, files: 1 })).toBe(8);
    expect(firstLanes({ roundTrip: 250, bytes: GB, files: 1 })).toBe(8);
    expect(firstLanes({ roundTrip: 80, bytes: 3_000_000, files: 3 })).toBe(1);
    expect(firstLanes({ roundTrip: 80, bytes: 3_000_000, files: 1000 })).toBe(5);
    expect(mostLanes({ roundTrip: 1, bytes: GB, files: 1 })).toBe(2);
    expect(mostLanes({ roundTrip: 80, bytes: GB, files: 1 })).toBe(16);
  });

  /** Runs a controller over a link where each connection brings `each` a tick, and all of them no more than `all`. */
  function settle(first: number, most: number, each: number, all: number): number[] {
    const controller = new LaneController(first, most);
    const seen: number[] = [];
    for (let tick = 0; tick < 200; tick++) {
      controller.tick(Math.min(all, controller.wanted * each), controller.wanted);
      if (seen.at(-1) !== controller.wanted) seen.push(controller.wanted);
    }
    return seen;
  }

  it("are added while they bring throughput", () => {
    expect(settle(8, 16, 2, 1000)).toEqual([8, 12, 16]);
  });

  it("are dropped again where they bring none", () => {
    expect(settle(1, 2, 300, 300).slice(0, 3)).toEqual([1, 2, 1]);
    expect(settle(8, 16, 10, 80).slice(0, 3)).toEqual([8, 12, 8]);
  });

  it("are not added while those that are there still get faster by themselves", () => {
    const controller = new LaneController(8, 16);
    for (let tick = 1; tick <= 24; tick++) controller.tick(tick * 10, controller.wanted);
    expect(controller.wanted).toBe(8);
  });

  it("are not added when what is left is sent before they would be of use", () => {
    const controller = new LaneController(8, 16);
    for (let tick = 1; tick <= 100; tick++) controller.tick(10, 8, 150);
    expect(controller.wanted).toBe(8);
  });

  it("stay as many as were admitted when one is refused", () => {
    const controller = new LaneController(8, 16);
    controller.settle(5);
    for (let tick = 0; tick < 100; tick++) controller.tick(10, 5);
    expect(controller.wanted).toBe(5);
  });
});
