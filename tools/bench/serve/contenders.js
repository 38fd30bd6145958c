/** Who takes part, how each is started, and what it needs. */
import { spawnSync } from "node:child_process";
import path from "node:path";

const here = import.meta.dirname;

/** The service's entry. */
export const SERVER = path.join(here, "../../../templates/similarity/server.js");

/** @typedef {import("./models.js").Models} Models */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {"fp32" | "int8"} precision
 * @property {(models: Models, port: number) => readonly string[]} command
 * @property {(models: Models) => Record<string, string>} [variables]
 * @property {string} [missing] why it can't take part
 */

/**
 * The contenders with these precisions; the service itself comes first.
 * @param {{ python: string | undefined, tei: string | undefined, precisions: readonly string[] }} options
 * @returns {Contender[]}
 */
export function contenders({ python, tei, precisions }) {
  /** @type {Contender[]} */
  const list = [];
  if (precisions.includes("fp32")) {
    list.push(
      own("fp32"),
      plain("fp32"),
      withPython("sentence-transformers + FastAPI", "fastapi_sentence_transformers.py", [
        "sentence_transformers",
        "fastapi",
        "uvicorn",
      ]),
      inference(tei),
    );
  }
  if (precisions.includes("int8")) list.push(own("int8"), own("int8-row"), plain("int8"));
  // What both precisions are compared with.
  list.push(withPython("Flask + transformers", "flask_transformers.py", ["flask", "transformers", "torch"]));
  return list;

  /** @param {string} name @param {string} script @param {string[]} modules @returns {Contender} */
  function withPython(name, script, modules) {
    const program = python ?? "python3";
    const imports = spawnSync(program, ["-c", modules.map((module) => `import ${module}`).join("\n")]);
    return {
      name,
      precision: "fp32",
      command: ({ source }, port) => [program, path.join(here, script), source, String(port)],
      ...(imports.status === 0
        ? {}
        : { missing: `${program} has no ${modules.join(", ")} (--python names another)` }),
    };
  }
}

/** Nobody answers from memory: every text is new, and the cache is off all the same. @param {string} precision @returns {Contender} */
function own(precision) {
  return {
    name: `bertops ${precision}`,
    precision: precision === "fp32" ? "fp32" : "int8",
    command: () => [process.execPath, SERVER],
    variables: ({ prepared }) => ({ CACHE_MB: "0", MODEL_PATH: prepared(precision) }),
  };
}

/** @param {"fp32" | "int8"} precision @returns {Contender} */
function plain(precision) {
  return {
    name: `plain onnxruntime-node ${precision}`,
    precision,
    command: (models, port) => [
      process.execPath,
      path.join(here, "plain-service.js"),
      models.plain(precision),
      String(port),
    ],
  };
}

/** Hugging Face's text-embeddings-inference behind a translator of /sim to its /embed. @param {string | undefined} binary @returns {Contender} */
function inference(binary) {
  return {
    name: "text-embeddings-inference",
    precision: "fp32",
    command: ({ source }, port) => [
      process.execPath,
      path.join(here, "tei-service.js"),
      binary ?? "",
      source,
      String(port),
    ],
    ...(binary === undefined ? { missing: "no binary is given (--tei text-embeddings-router)" } : {}),
  };
}
