import { ServiceError } from "../wire/operation.ts";

/** A statement of a policy, its lists written out. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** Is `actions` a list of what the statement is NOT about? */
  readonly notActions: boolean;
  readonly resources: readonly string[];
  readonly notResources: boolean;
  readonly conditional: boolean;
}

/** Reads a policy document. Throws `MalformedPolicyDocument` 400. */
export function readPolicy(text: string): Statement[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed("This policy contains invalid Json");
  }
  if (typeof document !== "object" || document === null || !("Statement" in document)) {
    throw malformed("Syntax errors in policy.");
  }
  return listOf(document.Statement).map(readStatement);
}

/** Checks a role's trust policy: it must say who may assume the role. */
export function checkTrustPolicy(text: string): void {
  readPolicy(text);
  const { Statement: statements } = JSON.parse(text) as { Statement: unknown };
  for (const statement of listOf(statements)) {
    if (!(statement as Record<string, unknown>).Principal) {
      throw malformed("Missing required field Principal");
    }
    if ("Resource" in (statement as object)) throw malformed("Has prohibited field Resource");
  }
}

function readStatement(value: unknown): Statement {
  if (typeof value !== "object" || value === null) throw malformed("Syntax errors in policy.");
  const statement = value as Record<string, unknown>;
  const effect = statement.Effect;
  if (effect !== "Allow" && effect !== "Deny") throw malformed("Syntax errors in policy.");
  const notActions = statement.NotAction !== undefined;
  const notResources = statement.NotResource !== undefined;
  const actions = listOf(notActions ? statement.NotAction : statement.Action);
  const resources = listOf(notResources ? statement.NotResource : (statement.Resource ?? "*"));
  if (actions.length === 0) throw malformed("Policy statement must contain actions.");
  for (const action of actions) {
    if (typeof action !== "string" || !/^(?:\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/.test(action)) {
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  }
  return {
    effect,
    actions: actions as string[],
    notActions,
    resources: resources as string[],
    notResources,
    conditional: statement.Condition !== undefined,
  };
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function malformed(message: string): ServiceError {
  return new ServiceError("MalformedPolicyDocument", message);
}
