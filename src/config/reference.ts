import type { Field } from "./field.ts";
import { ALL_FIELDS } from "./fields.ts";

/** The text of docs/configuration.md, from the very fields that check a file; a test holds the two together. */
export function renderReference(): string {
  const sections = new Map<string, Field<unknown>[]>();
  for (const field of ALL_FIELDS) {
    const section = field.path.includes(".") ? (field.path.split(".")[0] ?? "") : "";
    sections.set(section, [...(sections.get(section) ?? []), field]);
  }
  const parts = [...sections].map(([section, fields]) =>
    [`## ${section === "" ? "At the top" : `\`${section}\``}`, ...fields.map(describe)].join("\n\n"),
  );
  return `${[INTRODUCTION, ...parts, VARIABLES].join("\n\n")}\n`;
}

const INTRODUCTION = `# bertops.yaml

Every setting of \`bertops.yaml\`. \`bertops init\` writes a commented file; \`bertops plan\` says what a change of it would
do. A flag wins over an environment variable, that over the file, the file over the default. Unknown settings are
refused, with the line.

The file is looked for in the current directory and above it; \`--config FILE\` or \`BERTOPS_CONFIG\` names another.`;

const VARIABLES = `## Environment variables that have no setting

| Variable | What it does |
|---|---|
| \`BERTOPS_CONFIG\` | the file, as \`--config\` |
| \`BERTOPS_ENV\` | the environment's name, as \`--env\` |
| \`BERTOPS_CHECKIP_URL\` | answers the caller's public address; default \`https://checkip.amazonaws.com\` |
| \`AWS_ENDPOINT_URL\` | where AWS is; \`bertops sandbox env\` sets it. \`AWS_ENDPOINT_URL_S3\` and the like set one service's |
| \`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\`, \`AWS_SESSION_TOKEN\` | credentials; without them the AWS SDK's usual places |`;

function describe(field: Field<unknown>): string {
  const overrides = [
    ...(field.flag === undefined
      ? []
      : [`\`--${field.flag.replaceAll(/[A-Z]/gu, (c) => `-${c.toLowerCase()}`)}\``]),
    ...(field.variables ?? []).map((variable) => `\`${variable}\``),
  ];
  const rows = [
    `- must be ${field.allowed}`,
    field.fallback === undefined ? "- no default" : `- default \`${valueText(field.fallback)}\``,
    ...(overrides.length === 0 ? [] : [`- overridden by ${overrides.join(", ")}`]),
  ];
  return `### \`${field.path}\`\n\n${field.doc}\n\n${rows.join("\n")}`;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
