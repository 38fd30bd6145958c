import { Corrupt, named } from "../corrupt.ts";

/** One entry of modules.json: what kind of step, and in which folder its settings are ("" for the directory itself). */
export interface ListedModule {
  readonly type: string;
  readonly path: string;
}

/** The modules in their order. Folders are plain names: nothing outside the model is ever read. */
export function listedModules(list: readonly unknown[], file: string): ListedModule[] {
  if (list.length === 0 || list.length > 20) throw named(file, new Corrupt(`lists ${list.length} modules`));
  return list.map((entry) => {
    const { type, path } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof type !== "string" || typeof path !== "string" || !/^$|^[\w-]+$/.test(path)) {
      throw named(file, new Corrupt("lists a module without a type or with an impossible path"));
    }
    // The library has moved its classes; their own names stayed.
    return { type: type.slice(type.lastIndexOf(".") + 1), path };
  });
}
