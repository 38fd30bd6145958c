import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";

const door = path.join(import.meta.dirname, "../../bin/bertops.js");

function scriptFor(shell: string): string {
  return execFileSync(process.execPath, [door, "completion", shell], { encoding: "utf8" });
}

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"]).status === 0;
}

/** What bash offers at the end of the words. */
function offered(...words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _bertops; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync("bash", ["--norc", "-c", `${scriptFor("bash")}\n${ask}`], { encoding: "utf8" });
  return said.split("\n").filter((word) => word !== "");
}

describe.skipIf(!has("bash"))("bash completes", () => {
  test("commands and the commands of groups", () => {
    expect(offered("bertops", "pus")).toEqual(["push-model"]);
    expect(offered("bertops", "models", "r")).toEqual(["rollback", "remove"]);
  });
  test("flags, also behind a flag's value", () => {
    expect(offered("bertops", "init", "--sc")).toEqual(["--scaffold-only"]);
    expect(offered("bertops", "status", "--env", "models", "--js")).toEqual(["--json"]);
  });
  test("the words that an argument takes, and no words where a flag's value comes", () => {
    expect(offered("bertops", "completion", "")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
    expect(offered("bertops", "status", "--env", "no-such-fil")).toEqual([]);
  });
});

test.skipIf(!has("zsh"))("zsh reads its script", () => {
  const load = `autoload -U compinit; compinit -u -D; ${scriptFor("zsh")}\nprint $_comps[bertops]`;
  expect(execFileSync("zsh", ["-f", "-c", load], { encoding: "utf8" }).trim()).toBe("_bertops");
});

test.skipIf(!has("fish"))("fish completes", () => {
  const offers = (line: string): string[] =>
    execFileSync("fish", ["-c", `${scriptFor("fish")}\ncomplete -C '${line}'`], { encoding: "utf8" })
      .split("\n")
      .filter((word) => word !== "")
      .map((word) => word.split("\t")[0]!);
  expect(offers("bertops pus")).toEqual(["push-model"]);
  expect(offers("bertops models r")).toEqual(["remove", "rollback"]);
  expect(offers("bertops models rollback r")).not.toContain("remove");
});
