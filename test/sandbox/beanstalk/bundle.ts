import { ZipFile } from "yazl";

/** One file of a bundle that a test builds: its text, and its mode where that matters. */
export type BundleFile = string | { readonly text: string; readonly mode: number };

/** A zip of these files; scripts under .platform are executable unless their mode says otherwise. */
export async function zipBundle(files: Readonly<Record<string, BundleFile>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, file] of Object.entries(files)) {
    const usual = name.startsWith(".platform/") ? 0o100_755 : 0o100_644;
    const { text, mode } = typeof file === "string" ? { text: file, mode: usual } : file;
    zip.addBuffer(Buffer.from(text), name, { mode });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A server that says who and where it is, and what it was told; `/healthz` follows a file. */
export const SERVER = `
const { createServer } = require("node:http");
const { existsSync } = require("node:fs");
const { hostname, userInfo } = require("node:os");
const text = (request) => new Promise((resolve) => {
  let size = 0;
  request.on("data", (chunk) => (size += chunk.length)).on("end", () => resolve(size));
});
createServer(async (request, response) => {
  const size = await text(request);
  const { pathname, searchParams } = new URL(request.url, "http://x");
  if (pathname === "/healthz") return response.writeHead(existsSync("sick") ? 503 : 200).end();
  if (pathname === "/exit") process.exit(3);
  if (pathname === "/slow") await new Promise((done) => setTimeout(done, Number(searchParams.get("ms"))));
  if (pathname === "/sick") require("node:fs").writeFileSync("sick", "");
  if (pathname === "/stream") {
    response.write("first ");
    setTimeout(() => response.end("last"), 200);
    return;
  }
  console.log("asked", pathname);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({
    version: process.env.APP_VERSION || "NAMED",
    uid: process.getuid(), cwd: process.cwd(), size, headers: request.headers,
    greeting: process.env.GREETING, port: process.env.PORT, pid: process.pid,
  }));
}).listen(process.env.PORT, () => console.log("listening"));
`;

/** The server's text under a version's name. */
export function server(version: string): string {
  return SERVER.replace("NAMED", version);
}
