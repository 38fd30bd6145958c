/** What is measured, over which network; the full run takes half an hour, the quick one three minutes. */
import { mkdir } from "node:fs/promises";
import { scatterChanges, writeLargeFile, writeSmallFiles } from "./dataset.js";

const MB = 1_000_000;

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {Readonly<Record<string, number>> | null} link settings of link.c, or null for loopback
 * @property {number} [quickRounds] rounds of the quick run; absent: only in the full one
 * @property {number} rounds
 * @property {readonly string[]} contenders
 * @property {(directory: string) => Promise<void>} prepare writes the data
 * @property {(directory: string) => Promise<void>} [change] what happens between the first and the measured second push
 */

/** @param {number} size */
const large = (size) => (/** @type {string} */ directory) => writeLargeFile(directory, size);

const ALL = ["bertops", "scp", "rsync", "rclone", "lftp"];
const FAST = { rate: 1000, delay: 40 };
const SLOW = { rate: 200, delay: 40 };
const LOSSY = { ...SLOW, loss: 0.01 };
const half = large(512 * MB);

/** @type {readonly Scenario[]} */
export const SCENARIOS = [
  {
    name: "loopback, one file of 1 GiB",
    link: null,
    rounds: 5,
    quickRounds: 2,
    contenders: ALL,
    prepare: large(1024 * 1024 * 1024),
  },
  {
    name: "loopback, 20,000 files of 4 KiB",
    link: null,
    rounds: 3,
    contenders: ["bertops", "scp", "rsync"],
    prepare: (directory) => writeSmallFiles(directory, 20_000, 4096),
  },
  {
    name: "1 Gbit/s, 80 ms: 714 MB and 2,000 small files",
    link: FAST,
    rounds: 3,
    contenders: ["bertops", "scp", "rsync"],
    prepare: async (directory) => {
      await writeLargeFile(directory, 714 * MB);
      await writeSmallFiles(directory, 2000, 2048);
    },
  },
  {
    name: "1 Gbit/s, 80 ms: one file of 512 MB",
    link: FAST,
    rounds: 3,
    quickRounds: 1,
    contenders: ["bertops", "scp", "rsync", "rclone"],
    prepare: half,
  },
  {
    name: "200 Mbit/s, 80 ms: one file of 200 MB",
    link: SLOW,
    rounds: 3,
    contenders: ALL,
    prepare: large(200 * MB),
  },
  {
    name: "200 Mbit/s, 80 ms, 0.01 % loss: one file of 200 MB",
    link: LOSSY,
    rounds: 3,
    contenders: ["bertops", "scp", "rsync", "rclone"],
    prepare: large(200 * MB),
  },
  ...[null, FAST].flatMap((link) => {
    const where = link === null ? "loopback" : "1 Gbit/s, 80 ms";
    const contenders = ["bertops", "rsync"];
    return [
      {
        name: `${where}: 512 MB again, 3 MB of it changed in 48 places`,
        link,
        rounds: 3,
        quickRounds: 1,
        contenders,
        prepare: half,
        change: (/** @type {string} */ directory) => scatterChanges(directory, 48, 65_536),
      },
      {
        name: `${where}: 512 MB again, one twelfth of it changed`,
        link,
        rounds: 3,
        contenders,
        prepare: half,
        change: (/** @type {string} */ directory) => scatterChanges(directory, 43, MB, 0.25, 0.335),
      },
      {
        name: `${where}: 512 MB again, unchanged`,
        link,
        rounds: 3,
        quickRounds: 1,
        contenders,
        prepare: half,
        change: async (/** @type {string} */ directory) => void (await mkdir(directory, { recursive: true })),
      },
    ];
  }),
];
