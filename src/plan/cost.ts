import type { Config } from "../config/config.ts";
import {
  ADDRESS_PER_HOUR,
  BALANCER_PER_HOUR,
  EFS_PER_GB,
  EFS_READ_PER_GB,
  EFS_WRITE_PER_GB,
  HOURS_PER_MONTH,
  instancePerHour,
  PRICES_SOURCE,
  VOLUME_PER_GB,
} from "./prices.ts";

/** One line of the estimate; `usd` is undefined where the price is not known. */
export interface CostLine {
  readonly what: string;
  readonly usd: number | undefined;
  readonly note: string;
}

/** What an environment costs a month, with as few instances as it may have. */
export interface Cost {
  readonly lines: readonly CostLine[];
  /** The sum of the known lines, US dollars. */
  readonly monthlyUsd: number;
  /** The same with as many instances as it may have. */
  readonly monthlyUsdAtMost: number;
  readonly source: string;
}

/** Gigabytes that the estimate assumes on the file system: BERT-base in fp32, twice. */
const STORED_GB = 1;

/** Estimates the month. Traffic, requests and backups are not in it. */
export function estimateCost(config: Config): Cost {
  const { instances, instanceType, volumeSize } = config.service;
  const perInstance = instancePerHour(instanceType);
  const balanced = instances.max > 1;
  const linesFor = (count: number): readonly CostLine[] => [
    {
      what: `${count} x ${instanceType}`,
      usd: perInstance === undefined ? undefined : count * perInstance * HOURS_PER_MONTH,
      note: perInstance === undefined ? "price not known here" : "on demand, the whole month",
    },
    {
      what: `${count} x ${volumeSize} GB gp3`,
      usd: count * volumeSize * VOLUME_PER_GB,
      note: "the instances' own disks",
    },
    {
      what: `${count} public IPv4`,
      usd: count * ADDRESS_PER_HOUR * HOURS_PER_MONTH,
      note: "one an instance",
    },
    ...(balanced
      ? [
          {
            what: "load balancer",
            usd: (BALANCER_PER_HOUR + 2 * ADDRESS_PER_HOUR) * HOURS_PER_MONTH,
            note: "with two addresses; capacity units come on top",
          },
        ]
      : []),
    {
      what: `EFS, ${STORED_GB} GB`,
      usd: STORED_GB * EFS_PER_GB,
      note:
        config.fileSystem.throughput === "elastic"
          ? `assumed; each GB read costs $${EFS_READ_PER_GB}, written $${EFS_WRITE_PER_GB}`
          : "assumed",
    },
  ];
  const lines = linesFor(instances.min);
  return {
    lines,
    monthlyUsd: total(lines),
    monthlyUsdAtMost: total(linesFor(instances.max)),
    source: PRICES_SOURCE,
  };
}

function total(lines: readonly CostLine[]): number {
  const sum = lines.reduce((usd, line) => usd + (line.usd ?? 0), 0);
  return Math.round(sum * 100) / 100;
}
