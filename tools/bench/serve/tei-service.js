/** Starts text-embeddings-inference and answers /sim with what its /embed says. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";

const [binary = "", directory = "", port = "0"] = process.argv.slice(2);
const inner = Number(port) + 1;
const child = spawn(
  binary,
  ["--model-id", directory, "--port", String(inner), "--pooling", "cls", "--auto-truncate"].concat([
    "--max-client-batch-size",
    "1024",
  ]),
  { stdio: ["ignore", "ignore", "inherit"] },
);
child.once("exit", (code) => process.exit(code ?? 1));
process.once("SIGTERM", () => child.kill("SIGTERM"));

/** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
async function answer(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { target, texts } = JSON.parse(body);
  const embedded = await fetch(`http://127.0.0.1:${inner}/embed`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs: [target, ...texts], normalize: true }),
  });
  if (!embedded.ok) throw new Error(await embedded.text());
  const [first = [], ...others] = /** @type {number[][]} */ (await embedded.json());
  const sims = others.map((other) =>
    other.reduce((sum, value, index) => sum + value * (first[index] ?? 0), 0),
  );
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ context: { target, texts, sims } }));
}

createServer((request, response) => {
  answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
}).listen(Number(port), "127.0.0.1");
