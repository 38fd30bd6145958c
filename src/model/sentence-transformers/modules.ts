import path from "node:path";
import { Corrupt, named } from "../corrupt.ts";
import { unsupported } from "../unsupported.ts";

/** One entry of modules.json: what kind of step, and in which folder its settings are ("" for the directory itself). */
export interface ListedModule {
  readonly type: string;
  readonly path: string;
}

/** The modules in their order. Folders are plain names: nothing outside the model is ever read. */
export function listedModules(list: readonly unknown[], file: string): ListedModule[] {
  if (list.length === 0 || list.length > 20) throw named(file, new Corrupt(`lists ${list.length} modules`));
  return list.map((entry) => {
    const { type, path: folder } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof type !== "string" || typeof folder !== "string" || !/^$|^[\w-]+$/.test(folder)) {
      throw named(file, new Corrupt("lists a module without a type or with an impossible path"));
    }
    // The library has moved its classes; their own names stayed.
    return { type: type.slice(type.lastIndexOf(".") + 1), path: folder };
  });
}

/** The modules by what they do; a normalisation at the very end is told apart, since the service does that itself. */
export interface ModuleOrder {
  readonly transformer: ListedModule;
  readonly pooling?: ListedModule;
  /** Dense layers and normalisations behind the pooling. */
  readonly head: readonly ListedModule[];
  readonly normalize: boolean;
}

/** What the library called a transformer's module before it had one for all. */
const TRANSFORMERS = /^(Transformer|BERT|DistilBERT|RoBERTa|XLMRoBERTa|ALBERT|CamemBERT|XLNet)$/;

/** Whether the first module is a transformer, whatever its architecture. */
export function beginsWithTransformer([first]: readonly ListedModule[]): boolean {
  return first !== undefined && TRANSFORMERS.test(first.type);
}

/** Sorts the modules; refuses by name those that bertops does not have, and an order that no model has. */
export function moduleOrder(directory: string, modules: readonly ListedModule[]): ModuleOrder {
  const [transformer = { type: "", path: "" }, ...all] = modules;
  // It does nothing but in training.
  const steps = all.filter(({ type }) => type !== "Dropout");
  const refuse = (what: string): Error =>
    unsupported(
      `${path.join(directory, "modules.json")} lists ${what}, which bertops does not have.`,
      "bertops serves models that are a transformer, pooling and, possibly, dense layers and normalisation, in this order.",
    );
  const other = steps.find(({ type }) => !["Pooling", "Normalize", "Dense"].includes(type));
  if (other !== undefined) throw refuse(`a step ${other.type}`);
  const pooling = steps[0]?.type === "Pooling" ? steps[0] : undefined;
  const rest = pooling === undefined ? steps : steps.slice(1);
  if (rest.some(({ type }) => type === "Pooling")) throw refuse("a pooling behind other steps");
  if (pooling === undefined && rest.some(({ type }) => type === "Dense"))
    throw refuse("a step Dense without a pooling in front of it");
  const normalize = rest.at(-1)?.type === "Normalize";
  return {
    transformer,
    ...(pooling === undefined ? {} : { pooling }),
    head: normalize ? rest.slice(0, -1) : rest,
    normalize,
  };
}
