import { unsupported } from "../unsupported.ts";

type Members = Readonly<Record<string, unknown>>;

const HINT =
  "Take it as an ONNX export, whose tokenizer.json is read as it is: optimum-cli export onnx --task feature-extraction --model DIR OUT, then give OUT.";

/** Refuses by name a tokenizer.json whose steps are not BERT's: its texts would get other tokens here. */
export function checkPipeline(file: string, json: Members): void {
  const model = member(json, "model");
  const prefix = model["continuing_subword_prefix"] ?? "##";
  if (prefix !== "##")
    throw unsupported(
      `${file}: pieces inside a word begin with ${JSON.stringify(prefix)}; bertops reads ##.`,
      HINT,
    );
  for (const [step, wanted] of [
    ["normalizer", "BertNormalizer"],
    ["pre_tokenizer", "BertPreTokenizer"],
  ] as const) {
    const other = typesOf(member(json, step)).filter((type) => type !== wanted);
    if (other.length > 0)
      throw unsupported(`${file}: the ${step} has ${other.join(", ")}; bertops reads ${wanted} alone.`, HINT);
  }
}

/** BERT's normalizer, alone or in a sequence; empty where there is none. */
export function bertNormalizer(json: Members): Members {
  return partsOf(member(json, "normalizer")).find((part) => part["type"] === "BertNormalizer") ?? {};
}

function typesOf(step: Members): string[] {
  return partsOf(step).map(({ type }) => (typeof type === "string" ? type : JSON.stringify(type)));
}

/** A step's parts where it is a sequence, else itself; nothing where it is left out. */
function partsOf(step: Members): readonly Members[] {
  const { type } = step;
  if (type === undefined) return [];
  const parts = step["normalizers"] ?? step["pretokenizers"];
  return type === "Sequence" && Array.isArray(parts) ? parts.map(membersOf) : [step];
}

/** A member that is an object; empty for all else. */
export function member(object: Members, name: string): Members {
  return membersOf(object[name]);
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}
