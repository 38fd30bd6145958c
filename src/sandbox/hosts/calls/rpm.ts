import { fail } from "./call.ts";
import type { Program } from "./call.ts";
import { parseOptions } from "./options.ts";
import { fullName, packageNamed } from "./packages.ts";

const SPEC = {
  flags: { q: "query", a: "all", i: "info", v: "verbose", l: "list", "1": "quiet", "2": "version" },
  values: { "3": "qf", "4": "queryformat" },
};

/** rpm: asks what is installed, nothing else. */
export const rpm: Program = (call, inside, voice) => {
  const { flags, values, operands, unknown } = parseOptions(call.words, SPEC);
  if (flags.has("version")) {
    voice.out("RPM version 4.16.1.3");
    return 0;
  }
  if (unknown !== undefined || !flags.has("query")) {
    return fail(voice, "rpm: this sandbox answers queries (-q, -qa) only");
  }
  const format = values.get("queryformat")?.at(-1) ?? values.get("qf")?.at(-1);
  const told = (name: string): string => {
    const [version = "", release = ""] = (packageNamed(name)?.version ?? "").split(/-(?=[^-]*$)/u);
    if (format === undefined) return fullName(name);
    return format
      .replaceAll("%{NAME}", name)
      .replaceAll("%{VERSION}", version)
      .replaceAll("%{RELEASE}", release)
      .replaceAll("\\n", "\n")
      .replace(/\n$/u, "");
  };
  let code = 0;
  for (const name of flags.has("all") ? [...inside.packages] : operands) {
    if (inside.packages.has(name)) {
      if (!flags.has("quiet")) voice.out(told(name));
    } else {
      code += 1;
      if (!flags.has("quiet")) voice.out(`package ${name} is not installed`);
    }
  }
  return code;
};
