import { execFileSync } from "node:child_process";
import path from "node:path";
import { torchForm } from "./variables.js";

/** @import { Variable } from "./variables.js" */

const SCRIPT = `import json, sys, torch
state = {name: (torch.rand(shape) - 0.5) / (shape[-1] ** 0.5 if len(shape) > 1 else 1) for name, shape in json.load(sys.stdin).items()}
torch.save(state, sys.argv[1], _use_new_zipfile_serialization=sys.argv[2] == "zip")`;

/**
 * By torch itself, since only that writes its files as it does.
 * @param {string} directory @param {Variable[]} variables @param {string} python @param {{ legacy: boolean }} layout
 */
export function writeTorch(directory, variables, python, { legacy }) {
  const shapes = JSON.stringify(Object.fromEntries(variables.map(torchForm)));
  const file = path.join(directory, "pytorch_model.bin");
  execFileSync(python, ["-c", SCRIPT, file, legacy ? "legacy" : "zip"], { input: shapes });
}
