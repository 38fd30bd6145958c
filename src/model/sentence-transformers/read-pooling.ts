import { readJsonObject } from "../config-file.ts";
import { type Pooling, POOLINGS } from "../pooling.ts";
import { unsupported } from "../unsupported.ts";

/**
 * The poolings of a Pooling module's config.json, in the order in which the library puts them one behind the other: newer files
 * name one or a list, older ones have a flag for each. Throws UserError for one that bertops does not have.
 */
export async function readPoolings(file: string, hasPrompts: boolean): Promise<readonly Pooling[]> {
  const settings = await readJsonObject(file);
  const hint =
    "--pooling takes another one instead (cls, mean, max …); the answers are then not the model's own.";
  if (settings["include_prompt"] === false && hasPrompts)
    throw unsupported(`${file}: include_prompt is false, which bertops does not have.`, hint);
  const modes = modesOf(settings);
  // The library's names, some of which end with what is pooled.
  const found = modes.map((mode) => POOLINGS.find((pooling) => pooling === mode.replace(/_?tokens?$/, "")));
  const known = found.filter((pooling) => pooling !== undefined);
  if (known.length === modes.length && new Set(known).size === modes.length) return known;
  throw unsupported(
    `${file}: the pooling is ${modes.join(" with ")}; bertops has ${POOLINGS.join(", ")}, each once.`,
    hint,
  );
}

function modesOf(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const mode = settings["pooling_mode"];
  if (typeof mode === "string") return [mode.toLowerCase()];
  if (Array.isArray(mode) && mode.length > 0)
    return mode.slice(0, 20).map((item) => String(item).toLowerCase());
  const modes = POOLINGS.map((pooling) => LEGACY[pooling]).filter(
    (flag) => settings[`pooling_mode_${flag}`] === true,
  );
  const others = Object.keys(settings).filter(
    (name) =>
      name.startsWith("pooling_mode_") &&
      settings[name] === true &&
      !modes.some((flag) => name.endsWith(flag)),
  );
  const all = [...modes, ...others.map((name) => name.slice("pooling_mode_".length))];
  return all.length === 0 ? ["mean"] : all;
}

/** What the flags of older files are called behind `pooling_mode_`. */
const LEGACY: Readonly<Record<Pooling, string>> = {
  cls: "cls_token",
  max: "max_tokens",
  mean: "mean_tokens",
  mean_sqrt_len: "mean_sqrt_len_tokens",
  weightedmean: "weightedmean_tokens",
  last: "lasttoken",
};
