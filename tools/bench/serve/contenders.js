/** Who takes part, how each is started, and what it needs. */
import { spawnSync } from "node:child_process";
import path from "node:path";

const here = import.meta.dirname;
const SERVER = path.join(here, "../../../templates/similarity/server.js");

/**
 * @typedef {object} Models
 * @property {string} source Hugging Face's layout
 * @property {string} plain the plain graph
 * @property {string} prepared fp32
 * @property {string | undefined} int8
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(models: Models, port: number) => readonly string[]} command
 * @property {Readonly<Record<string, string>>} [environment]
 * @property {(models: Models) => Record<string, string>} [variables]
 * @property {string} [missing] why it can't take part
 */

/**
 * @param {{ python: string | undefined, int8: boolean }} options
 * @returns {Contender[]}
 */
export function contenders({ python, int8 }) {
  // Nobody answers from memory: every text is new, and the cache is off all the same.
  const environment = { CACHE_MB: "0" };
  /** @type {Contender[]} */
  const list = [
    {
      name: "bertops fp32",
      command: () => [process.execPath, SERVER],
      environment,
      variables: ({ prepared }) => ({ MODEL_PATH: prepared }),
    },
    {
      name: "plain onnxruntime-node fp32",
      command: ({ plain }, port) => [
        process.execPath,
        path.join(here, "plain-service.js"),
        plain,
        String(port),
      ],
    },
    withPython("sentence-transformers + FastAPI", "fastapi_sentence_transformers.py", [
      "sentence_transformers",
      "fastapi",
      "uvicorn",
    ]),
    withPython("Flask + transformers", "flask_transformers.py", ["flask", "transformers", "torch"]),
  ];
  if (int8) {
    list.splice(1, 0, {
      name: "bertops int8",
      command: () => [process.execPath, SERVER],
      environment,
      variables: (models) => ({ MODEL_PATH: models.int8 ?? "" }),
    });
  }
  return list;

  /** @param {string} name @param {string} script @param {string[]} modules @returns {Contender} */
  function withPython(name, script, modules) {
    const program = python ?? "python3";
    const imports = spawnSync(program, ["-c", modules.map((module) => `import ${module}`).join("\n")]);
    return {
      name,
      command: ({ source }, port) => [program, path.join(here, script), source, String(port)],
      ...(imports.status === 0
        ? {}
        : { missing: `${program} has no ${modules.join(", ")} (--python names another)` }),
    };
  }
}
