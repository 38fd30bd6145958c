import type { Statement } from "./policy-document.ts";

/** What policies decide about one action on one resource. */
export type Decision = "allowed" | "explicitDeny" | "implicitDeny";

/** Evaluates statements: a deny beats an allow. A conditional allow counts, a conditional deny does not. */
export function evaluate(statements: readonly Statement[], action: string, resource: string): Decision {
  const meant = statements.filter((statement) => concerns(statement, action, resource));
  if (meant.some((statement) => statement.effect === "Deny" && !statement.conditional)) return "explicitDeny";
  return meant.some((statement) => statement.effect === "Allow") ? "allowed" : "implicitDeny";
}

function concerns(statement: Statement, action: string, resource: string): boolean {
  const actions = statement.actions.some((pattern) => wildcard(pattern, "i").test(action));
  const resources =
    resource === "*"
      ? statement.resources.includes("*")
      : statement.resources.some((pattern) => wildcard(pattern, "").test(resource));
  return actions !== statement.notActions && resources !== statement.notResources;
}

function wildcard(pattern: string, flags: string): RegExp {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, flags);
}
