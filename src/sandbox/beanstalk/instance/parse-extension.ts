import { parse } from "yaml";
import type { OptionSetting } from "../options/settings.ts";
import type { Extension, ExtensionCommand, ExtensionFile } from "./extension.ts";

type Table = Readonly<Record<string, unknown>>;

/** Keys that Beanstalk takes and the sandbox leaves out. */
const LEFT_OUT = [
  "groups",
  "users",
  "sources",
  "services",
  "Resources",
  "Outputs",
  "Mappings",
  "Parameters",
  "Conditions",
];
const KNOWN = new Set([
  "option_settings",
  "packages",
  "files",
  "commands",
  "container_commands",
  ...LEFT_OUT,
]);

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

function textOr<Other>(value: unknown, otherwise: Other): string | Other {
  return value === undefined || value === null ? otherwise : text(value);
}

/** Both notations: a list of `namespace`, `option_name`, `value`, or a table of namespaces. */
function optionSettings(value: unknown): OptionSetting[] {
  if (Array.isArray(value)) {
    return value.filter(isTable).map((item) => ({
      Namespace: textOr(item["namespace"], "aws:elasticbeanstalk:application:environment"),
      OptionName: text(item["option_name"]),
      Value: text(item["value"]),
    }));
  }
  return Object.entries(isTable(value) ? value : {}).flatMap(([Namespace, options]) =>
    Object.entries(isTable(options) ? options : {}).map(([OptionName, Value]) => ({
      Namespace,
      OptionName,
      Value: text(Value),
    })),
  );
}

function packages(value: unknown): string[] {
  const yum = isTable(value) ? (value["yum"] ?? value["dnf"]) : undefined;
  return Object.entries(isTable(yum) ? yum : {}).map(([name, versions]) => {
    const version: unknown = Array.isArray(versions) ? versions[0] : undefined;
    return version === undefined ? name : `${name}-${text(version)}`;
  });
}

function files(value: unknown): ExtensionFile[] {
  return Object.entries(isTable(value) ? value : {}).map(([path, given]) => {
    const file = isTable(given) ? given : {};
    return {
      path,
      content: text(file["content"]),
      mode: textOr(file["mode"], "000644"),
      owner: textOr(file["owner"], "root"),
      group: textOr(file["group"], "root"),
    };
  });
}

function isOn(value: unknown): boolean {
  return text(value).toLowerCase() === "true";
}

/** Commands run in the alphabetical order of their names. */
function commands(value: unknown): ExtensionCommand[] {
  return Object.entries(isTable(value) ? value : {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, given]) => {
      const command = isTable(given) ? given : { command: given };
      const line = command["command"];
      return {
        name,
        command: Array.isArray(line) ? line.map(text) : text(line),
        env: Object.fromEntries(
          Object.entries(isTable(command["env"]) ? command["env"] : {}).map(([key, word]) => [
            key,
            text(word),
          ]),
        ),
        cwd: textOr(command["cwd"], undefined),
        test: textOr(command["test"], undefined),
        ignoreErrors: isOn(command["ignoreErrors"]),
        leaderOnly: isOn(command["leader_only"]),
      };
    });
}

/** Reads one configuration file, YAML or JSON. Throws with Beanstalk's message, which names file and version. */
export function parseExtension(file: string, source: string, versionLabel: string): Extension {
  let document: unknown;
  try {
    document = parse(source);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw new Error(
      `The configuration file ${file} in application version ${versionLabel} contains invalid YAML or JSON. ` +
        `YAML exception: Invalid Yaml: ${reason}. Update the configuration file.`,
      { cause },
    );
  }
  const table: Table = isTable(document) ? document : {};
  const unknown = Object.keys(table).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) {
    throw new Error(
      `Error processing file (Skipping): '${file}' - Contains invalid key: '${unknown}'. ` +
        "For information about valid keys, see http://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html",
    );
  }
  return {
    file,
    optionSettings: optionSettings(table["option_settings"]),
    packages: packages(table["packages"]),
    files: files(table["files"]),
    commands: commands(table["commands"]),
    containerCommands: commands(table["container_commands"]),
    ignored: LEFT_OUT.filter((key) => key in table),
  };
}
