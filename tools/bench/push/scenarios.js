/** What is measured, over which network; the full run takes half an hour, the quick one three minutes. */
import { scatterChanges, writeLargeFile, writeSmallFiles, writeSparseFile } from "./dataset.js";

const MB = 1_000_000;

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {Readonly<Record<string, number>> | null} link settings of link.c, or null for loopback
 * @property {number} [quickRounds] rounds of the quick run; absent: only in the full one
 * @property {readonly string[]} [quickContenders] default: all of them
 * @property {number} rounds
 * @property {readonly string[]} contenders
 * @property {string} goal what bertops should reach, in words
 * @property {number} [limitSeconds] after which a contender is stopped, and counts as that slow; default 300
 * @property {(directory: string) => Promise<void>} prepare writes the data
 * @property {boolean} [manyFiles] what a push left is removed at the end only
 * @property {boolean} [watchesLoop] bertops tells how long its event loop stood still, for which it takes longer
 * @property {boolean} [fetches] it goes the other way: from the store to this machine
 * @property {(directory: string) => Promise<void>} [change] what happens between the first and the measured second push
 */

/** @param {number} size */
const large = (size) => (/** @type {string} */ directory) => writeLargeFile(directory, size);

const ALL = ["bertops", "scp", "rsync", "rclone", "lftp"];
const TWO = ["bertops", "rsync"];
// Segments of up to 64 KB are carried as one: on a machine of few cores the emulator must not be what limits.
const FAST = { rate: 1000, delay: 40, coarse: 1 };
const SLOW = { rate: 200, delay: 40 };
const LOSSY = { ...SLOW, loss: 0.01 };
const half = large(512 * MB);
const unchanged = async () => {};

/** @type {readonly Scenario[]} */
export const SCENARIOS = [
  {
    name: "loopback, one file of 1 GiB",
    link: null,
    rounds: 5,
    quickRounds: 1,
    contenders: ALL,
    quickContenders: ["bertops", "scp", "rsync"],
    goal: "1.1x scp, no more CPU seconds than rsync, both sides counted",
    prepare: large(1024 * 1024 * 1024),
  },
  {
    name: "loopback, 20,000 files of 4 KiB",
    link: null,
    rounds: 3,
    contenders: ["bertops", "scp", "rsync"],
    manyFiles: true,
    goal: "5x scp -r, faster than rsync",
    prepare: (directory) => writeSmallFiles(directory, 20_000, 4096),
  },
  {
    name: "1 Gbit/s, 80 ms: 714 MB and 2,000 small files",
    link: FAST,
    rounds: 2,
    contenders: ["bertops", "scp", "rsync"],
    goal: "3.2x rsync, 10x scp -r",
    limitSeconds: 100,
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
    quickContenders: ["bertops", "scp"],
    goal: "3.8x scp",
    prepare: half,
  },
  {
    name: "200 Mbit/s, 80 ms: one file of 200 MB",
    link: SLOW,
    rounds: 2,
    contenders: ALL,
    goal: "not slower than the best",
    prepare: large(200 * MB),
  },
  {
    name: "200 Mbit/s, 80 ms, 0.01 % loss: one file of 200 MB",
    link: LOSSY,
    rounds: 3,
    contenders: ["bertops", "scp", "rsync", "rclone"],
    goal: "2.8x the best",
    prepare: large(200 * MB),
  },
  ...[null, FAST].flatMap((link) => {
    const where = link === null ? "loopback" : "1 Gbit/s, 80 ms";
    const goal = link === null ? "faster than rsync" : "at most 0.7x of rsync's time";
    return [
      {
        name: `${where}: 512 MB again, 3 MB of it changed in 48 places`,
        link,
        rounds: link === null ? 7 : 3,
        quickRounds: 1,
        contenders: TWO,
        goal,
        prepare: half,
        change: (/** @type {string} */ directory) => scatterChanges(directory, 48, 65_536),
      },
      {
        name: `${where}: 512 MB again, one twelfth of it changed`,
        link,
        rounds: 3,
        contenders: TWO,
        goal,
        prepare: half,
        change: (/** @type {string} */ directory) => scatterChanges(directory, 43, MB, 0.25, 0.335),
      },
      {
        name: `${where}: 512 MB again, unchanged`,
        link,
        rounds: 3,
        quickRounds: 1,
        contenders: TWO,
        goal: "under 2 s, no data",
        prepare: half,
        change: unchanged,
      },
    ];
  }),
  {
    name: "loopback, one sparse file of 20 GB",
    link: null,
    rounds: 1,
    contenders: ["bertops"],
    goal: "under 250 MB of memory, the event loop never blocked over 200 ms",
    watchesLoop: true,
    prepare: (directory) => writeSparseFile(directory, 20_000 * MB),
  },
  {
    name: "1 Gbit/s, 80 ms: a sparse file of 20 GB again, unchanged",
    link: FAST,
    rounds: 1,
    contenders: ["bertops"],
    goal: "under 2 s, no data",
    limitSeconds: 400,
    prepare: (directory) => writeSparseFile(directory, 20_000 * MB),
    change: unchanged,
  },
  ...[null, FAST].flatMap((link) => {
    const where = link === null ? "pull, loopback" : "pull, 1 Gbit/s, 80 ms";
    const common = { link, fetches: true, rounds: link === null ? 3 : 2 };
    return [
      {
        ...common,
        name: `${where}: one file of ${link === null ? "1 GiB" : "512 MB"}`,
        contenders: ["bertops", "scp", "rsync"],
        goal: "as push",
        prepare: link === null ? large(1024 * 1024 * 1024) : half,
      },
      {
        ...common,
        name: `${where}: ${link === null ? "20,000 files of 4 KiB" : "100 MB and 2,000 small files"}`,
        contenders: ["bertops", "scp", "rsync"],
        goal: "as push",
        limitSeconds: 60,
        manyFiles: true,
        prepare: async (/** @type {string} */ directory) => {
          if (link !== null) await writeLargeFile(directory, 100 * MB);
          await writeSmallFiles(directory, link === null ? 20_000 : 2000, link === null ? 4096 : 2048);
        },
      },
      {
        ...common,
        name: `${where}: 512 MB again, 3 MB of it changed in 48 places`,
        contenders: TWO,
        goal: "as push",
        prepare: half,
        change: (/** @type {string} */ directory) => scatterChanges(directory, 48, 65_536),
      },
      {
        ...common,
        name: `${where}: 512 MB again, unchanged`,
        contenders: TWO,
        goal: "under 2 s, no data",
        prepare: half,
        change: unchanged,
      },
    ];
  }),
  {
    name: "pull, loopback, one sparse file of 20 GB",
    link: null,
    fetches: true,
    rounds: 1,
    contenders: ["bertops"],
    goal: "under 250 MB of memory, the event loop never blocked over 200 ms",
    watchesLoop: true,
    prepare: (directory) => writeSparseFile(directory, 20_000 * MB),
  },
];
