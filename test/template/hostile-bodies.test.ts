import { expect, test } from "vitest";
import { openScratch, smallModel } from "./models.ts";
import { get, post, startReadyService } from "./service.ts";

const model = await smallModel(await openScratch(), 23);

/** Bodies that are JSON by the letter and meant to hurt, and what is answered. */
const BODIES: [string, string, number, string | undefined][] = [
  ["lone surrogates", String.raw`{"target":"\ud800","texts":["\udfff a","a\ud83d"]}`, 200, undefined],
  [
    "a NUL, controls and a byte order mark",
    String.raw`{"target":"\u0000a","texts":["\ufeff\u001b[2J"]}`,
    200,
    undefined,
  ],
  [
    "a key twice: the last one counts",
    '{"target":"a","target":"b","texts":["b"],"texts":["b"]}',
    200,
    undefined,
  ],
  ["a key named __proto__", '{"__proto__":{"target":"a","texts":["b"]}}', 422, "invalid-field"],
  ["a text named __proto__", '{"target":"__proto__","texts":["constructor","toString"]}', 200, undefined],
  ["100,000 texts", `{"target":"a","texts":[${'"b",'.repeat(99_999)}"b"]}`, 413, "too-many-texts"],
  ["lists 500,000 deep", "[".repeat(500_000) + "]".repeat(500_000), 422, "invalid-field"],
  [
    "lists that deep where a text belongs",
    `{"target":"a","texts":[${"[".repeat(500_000)}${"]".repeat(500_000)}]}`,
    422,
    "invalid-field",
  ],
  [
    "objects that deep beside what is asked",
    `{"target":"a","texts":["b"],"x":${'{"x":'.repeat(200_000)}1${"}".repeat(200_000)}}`,
    200,
    undefined,
  ],
  ["lists that never end", "[".repeat(1_000_000), 400, "invalid-json"],
  ["a number of a million digits", `{"target":${"9".repeat(1_000_000)},"texts":[]}`, 422, "invalid-field"],
  ["a word of three million letters", `{"target":"${"a".repeat(3_000_000)}","texts":["b"]}`, 200, undefined],
  ["three million punctuation marks", `{"target":"${"!".repeat(3_000_000)}","texts":["b"]}`, 200, undefined],
  [
    "a million combining marks on one letter",
    `{"target":"a${"\u0301\u0316".repeat(500_000)}","texts":["b"]}`,
    200,
    undefined,
  ],
  ["a million ideographs", `{"target":"${"\u6f22".repeat(1_000_000)}","texts":["b"]}`, 200, undefined],
  ["nothing but white space", `{"target":"${" ".repeat(3_000_000)}","texts":["\\t"]}`, 200, undefined],
];

test("bodies that are meant to hurt are answered or refused, and the service goes on", async () => {
  const service = await startReadyService({ MODEL_PATH: model.directory, CACHE_MB: "1" });
  for (const [what, body, status, reason] of BODIES) {
    const answer = await post(`${service.url}/sim`, body);
    expect([what, answer.status, answer.body.error?.reason]).toEqual([what, status, reason]);
    if (status !== 200) continue;
    for (const sim of answer.body.context.sims) expect(Math.abs(sim)).toBeLessThanOrEqual(1);
    expect(answer.body.context.sims.length).toBe(JSON.parse(body).texts.length);
  }
  const twice = await post(`${service.url}/sim`, BODIES[2]?.[1]);
  expect(twice.body.context).toEqual({ target: "b", texts: ["b"], sims: [1] });
  expect((await get(`${service.url}/livez`)).status).toBe(200);
  expect(service.log.filter(({ level }) => level === "error")).toEqual([]);
});
