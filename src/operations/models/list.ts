import type { StoreHost } from "../../store/host.ts";
import { describeHolder } from "../../store/lock.ts";
import { LIST } from "../../store/scripts/list.ts";
import { notMounted, versionOfLink } from "../../store/survey.ts";
import { isVersionId } from "../../store/version-id.ts";

export interface ListedVersion {
  readonly id: string;
  readonly active: boolean;
  readonly bytes: number;
  readonly files: number;
  readonly pushedAt: string;
  readonly pushedBy: string;
}

export interface ListedModel {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly ListedVersion[];
  /** Uploads that were not finished. */
  readonly incoming: readonly string[];
  /** Who holds the lock, where someone does. */
  readonly lockedBy?: string;
}

/** Lists the models of a store, or one of them. */
export async function listModels(
  host: StoreHost,
  root: string,
  model: string | undefined,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const { stdout } = await host.run(LIST, [root, model ?? ""], { signal, timeout: 60_000 });
  if (stdout.startsWith("root missing")) throw notMounted(host.label, root);
  return parseList(stdout);
}

/** Reads what the script printed. */
export function parseList(output: string): readonly ListedModel[] {
  return output
    .split(/^model /mu)
    .slice(1)
    .map((section) => {
      const [name = "", ...lines] = section.split("\n");
      const said = (word: string): readonly string[] =>
        lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
      const current = versionOfLink(said("current")[0]);
      const [lock] = said("lock");
      return {
        name,
        versions: said("version")
          .flatMap((line) => versionFrom(line, current))
          .toSorted((a, b) => (a.id < b.id ? 1 : -1)),
        incoming: said("incoming").filter(isVersionId),
        ...(lock === undefined ? {} : { lockedBy: describeHolder(lock) }),
      };
    });
}

/** `ID` and the beginning of its manifest, whose summary comes before its files. */
function versionFrom(line: string, current: string | undefined): readonly ListedVersion[] {
  const [id = ""] = line.split(" ", 1);
  if (!isVersionId(id)) return [];
  const text = (name: string): string =>
    new RegExp(`"${name}":"(?<value>(?:[^"\\\\]|\\\\.)*)"`, "u").exec(line)?.groups?.["value"] ?? "";
  const number = (name: string): number =>
    Number(new RegExp(`"${name}":(?<value>\\d+)`, "u").exec(line)?.groups?.["value"] ?? 0);
  return [
    {
      id,
      active: id === current,
      bytes: number("bytes"),
      files: number("fileCount"),
      pushedAt: text("createdAt"),
      pushedBy: text("createdBy"),
    },
  ];
}
