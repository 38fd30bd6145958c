/** What is asked. Every text is new, so that nobody answers from memory. */
import { words } from "./random-model.js";

/**
 * A question to /sim. A text of n tokens has n - 2 words: [CLS] and [SEP] count.
 * @typedef {{ target: string, texts: string[] }} Question
 */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {string} what
 * @property {number} clients
 * @property {number} seconds of measuring, unless `requests` are done before
 * @property {number} requests
 * @property {() => Question} question
 */

const WORDS = words();

/** @param {number} least @param {number} most */
function between(least, most) {
  return least + Math.floor(Math.random() * (most - least + 1));
}

/** @param {number} tokens */
function text(tokens) {
  return Array.from({ length: tokens - 2 }, () => WORDS[between(0, WORDS.length - 1)]).join(" ");
}

/** @param {number} count @param {number} least @param {number} most */
function texts(count, least, most) {
  return Array.from({ length: count }, () => text(between(least, most)));
}

/** @type {Workload} */
const ONE_TEXT = {
  name: "W1",
  what: "1 client, one text of 32 tokens",
  clients: 1,
  seconds: 8,
  requests: 100,
  question: () => ({ target: text(32), texts: [] }),
};

/** What everybody is asked first, uncounted: engines compile what they run often. */
export const WARM_UP = { ...ONE_TEXT, requests: 40 };

/** @type {readonly Workload[]} */
export const WORKLOADS = [
  ONE_TEXT,
  {
    name: "W2",
    what: "1 client, target + 9 texts of 4-64 tokens",
    clients: 1,
    seconds: 12,
    requests: 30,
    question: () => ({ target: text(between(4, 64)), texts: texts(9, 4, 64) }),
  },
  {
    name: "W3",
    what: "32 clients, target + 3 texts of 4-64 tokens",
    clients: 32,
    seconds: 20,
    requests: Infinity,
    question: () => ({ target: text(between(4, 64)), texts: texts(3, 4, 64) }),
  },
  {
    name: "W4",
    what: "one request of 256 texts of 4-128 tokens",
    clients: 1,
    seconds: 60,
    requests: 1,
    question: () => ({ target: text(between(4, 128)), texts: texts(255, 4, 128) }),
  },
  {
    name: "W5",
    what: "32 clients, one text of 8 tokens",
    clients: 32,
    seconds: 8,
    requests: Infinity,
    question: () => ({ target: text(8), texts: [] }),
  },
  {
    name: "W5one",
    what: "the same by one client",
    clients: 1,
    seconds: 4,
    requests: Infinity,
    question: () => ({ target: text(8), texts: [] }),
  },
];
