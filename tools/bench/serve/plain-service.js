/** What a Node.js developer would write first: http, a tokenizer, onnxruntime-node; one padded run for each request. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createTokenizer } from "../../../templates/similarity/tokenizer/tokenizer.js";
import { readVocabulary } from "../../../templates/similarity/tokenizer/vocabulary.js";

const [directory = "", port = "0"] = process.argv.slice(2);
const ort = createRequire(new URL("../../../templates/similarity/", import.meta.url))("onnxruntime-node");
const encode = createTokenizer({
  vocabulary: readVocabulary(readFileSync(`${directory}/vocab.txt`, "utf8")),
  lowerCase: true,
  stripAccents: true,
  splitIdeographs: true,
  maxWordLength: 200,
  maxTokens: 512,
});
const session = await ort.InferenceSession.create(`${directory}/model.onnx`, {
  graphOptimizationLevel: "all",
});

/** @param {string[]} texts @returns {Promise<Float32Array[]>} */
async function embed(texts) {
  const rows = texts.map((text) => encode(text).ids);
  const longest = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * longest);
  const mask = new Float32Array(rows.length * longest);
  for (const [index, row] of rows.entries()) {
    ids.set(row, index * longest);
    mask.fill(-10_000, index * longest + row.length, (index + 1) * longest);
  }
  const positions = Int32Array.from({ length: longest }, (_, index) => index);
  const { embeddings } = await session.run({
    ids: new ort.Tensor("int32", ids, [rows.length, longest]),
    positions: new ort.Tensor("int32", positions, [1, longest]),
    mask: new ort.Tensor("float32", mask, [rows.length, 1, 1, longest]),
    types: new ort.Tensor("int32", new Int32Array(ids.length), [rows.length, longest]),
  });
  const hidden = embeddings.dims[1];
  return rows.map((_, index) => embeddings.data.subarray(index * hidden, (index + 1) * hidden));
}

/** @param {Float32Array} a @param {Float32Array} b */
function cosine(a, b) {
  let [product, lengthA, lengthB] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    product += (a[index] ?? 0) * (b[index] ?? 0);
    lengthA += (a[index] ?? 0) ** 2;
    lengthB += (b[index] ?? 0) ** 2;
  }
  return product / Math.sqrt(lengthA * lengthB);
}

/** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
async function answer(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { target, texts } = JSON.parse(body);
  const [first = new Float32Array(), ...others] = await embed([target, ...texts]);
  response.setHeader("content-type", "application/json");
  response.end(
    JSON.stringify({ context: { target, texts, sims: others.map((other) => cosine(first, other)) } }),
  );
}

createServer((request, response) => {
  answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
}).listen(Number(port), "127.0.0.1");
