import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import type { ServiceConstraints, ShapeConstraint } from "./constraints/constraints.ts";
import type { Violation } from "./refusal.ts";

/** What a missing member is told. */
export const MUST_NOT_BE_NULL = "Member must not be null";

/** Checks an input as AWS does: required members (the SDK's schema knows them), lengths, ranges, patterns, enums. */
export function validate(
  operation: StaticOperationSchema,
  input: Readonly<Record<string, unknown>>,
  constraints: ServiceConstraints,
): Violation[] {
  const violations: Violation[] = [];
  const shape = constraints.operations[operation[2]];
  check({ constraints, violations }, NormalizedSchema.of(operation[4]), shape, input, "");
  return violations;
}

/** The sentence that AWS's frameworks write about violations. */
export function describeViolations(violations: readonly Violation[]): string {
  const count = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
  const each = violations.map(({ path, value, demand }) => {
    const shown = value === undefined ? "null" : `'${value}'`;
    return `Value ${shown} at '${path}' failed to satisfy constraint: ${demand}`;
  });
  return `${count} detected: ${each.join("; ")}`;
}

interface Walk {
  readonly constraints: ServiceConstraints;
  readonly violations: Violation[];
}

function check(
  walk: Walk,
  schema: NormalizedSchema,
  shapeName: string | undefined,
  value: unknown,
  path: string,
): void {
  const shape = shapeName === undefined ? undefined : walk.constraints.shapes[shapeName];
  if (shape) checkValue(walk, shape, value, path);
  if (schema.isStructSchema() && isRecord(value)) {
    const required = requiredMembers(schema);
    for (const [name, member] of schema.structIterator()) {
      const at = path === "" ? lowerFirst(name) : `${path}.${lowerFirst(name)}`;
      const inner = value[name];
      if (inner !== undefined && inner !== null) check(walk, member, shape?.members?.[name], inner, at);
      else if (required.has(name) || shape?.required?.includes(name)) {
        walk.violations.push({ path: at, value: undefined, demand: MUST_NOT_BE_NULL });
      }
    }
  } else if (schema.isListSchema() && Array.isArray(value)) {
    value.forEach((item, index) =>
      check(walk, schema.getValueSchema(), shape?.item, item, `${path}.${index + 1}.member`),
    );
  } else if (schema.isMapSchema() && isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      check(walk, schema.getKeySchema(), shape?.key, key, `${path}.${key}.key`);
      check(walk, schema.getValueSchema(), shape?.item, item, `${path}.${key}.member`);
    }
  }
}

function checkValue(walk: Walk, shape: ShapeConstraint, value: unknown, path: string): void {
  const demand = (text: string): void => {
    walk.violations.push({
      path,
      value: show(value),
      demand: text,
    });
  };
  const size = sizeOf(value);
  const noun = typeof value === "number" ? "value" : "length";
  if (size !== undefined && shape.min !== undefined && size < shape.min) {
    demand(`Member must have ${noun} greater than or equal to ${shape.min}`);
  }
  if (size !== undefined && shape.max !== undefined && size > shape.max) {
    demand(`Member must have ${noun} less than or equal to ${shape.max}`);
  }
  if (typeof value !== "string") return;
  if (shape.pattern !== undefined && !matches(shape.pattern, value)) {
    demand(`Member must satisfy regular expression pattern: ${shape.pattern}`);
  }
  if (shape.values && !shape.values.includes(value)) {
    demand(`Member must satisfy enum value set: [${shape.values.join(", ")}]`);
  }
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string") return Array.from(value).length;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return isRecord(value) ? Object.keys(value).length : undefined;
}

/** Java's patterns match whole values; some are readable only without the `u` flag. */
function matches(pattern: string, value: string): boolean {
  const whole = `^(?:${pattern})$`;
  try {
    return new RegExp(whole, "u").test(value);
  } catch {
    return new RegExp(whole).test(value);
  }
}

/** The last element of a structure's schema counts the members, from the first on, that are required. */
export function requiredMembers(schema: NormalizedSchema): ReadonlySet<string> {
  const struct = schema.getSchema() as unknown as readonly unknown[];
  const names = struct[4] as readonly string[];
  return new Set(names.slice(0, (struct[6] as number | undefined) ?? 0));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** `EnvironmentName` -> `environmentName`, `VPCId` stays: AWS lowers the first letter only before a small one. */
export function lowerFirst(name: string): string {
  return /^[A-Z][a-z]/.test(name) || name.length === 1 ? name[0]!.toLowerCase() + name.slice(1) : name;
}
