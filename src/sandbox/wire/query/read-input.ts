import type { NormalizedSchema } from "@smithy/core/schema";
import { parseScalar } from "../scalar.ts";
import type { FormNode } from "./form.ts";

/** Reads a value out of a form. `ec2`: EC2's dialect, whose lists are flat and whose names begin with a capital. */
export function readInput(schema: NormalizedSchema, node: FormNode, ec2: boolean): unknown {
  node.read = true;
  if (schema.isStructSchema()) return readStructure(schema, node, ec2);
  if (schema.isListSchema()) return readList(schema, node, ec2);
  if (schema.isMapSchema()) return readMap(schema, node, ec2);
  return node.value === undefined ? undefined : parseScalar(schema, node.value, "date-time");
}

function readStructure(schema: NormalizedSchema, node: FormNode, ec2: boolean): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get(wireName(name, member, ec2));
    if (!child) continue;
    const value = readInput(member, child, ec2);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function readList(schema: NormalizedSchema, node: FormNode, ec2: boolean): unknown[] {
  const item = schema.getValueSchema();
  const flat = ec2 || schema.getMergedTraits().xmlFlattened === 1;
  const holder = flat ? node : node.children.get(item.getMergedTraits().xmlName ?? "member");
  if (!holder) return [];
  holder.read = true;
  return numbered(holder).map((child) => readInput(item, child, ec2));
}

function readMap(schema: NormalizedSchema, node: FormNode, ec2: boolean): Record<string, unknown> {
  const holder = schema.getMergedTraits().xmlFlattened === 1 ? node : node.children.get("entry");
  if (!holder) return {};
  const key = schema.getKeySchema();
  const value = schema.getValueSchema();
  const entries = numbered(holder).map((entry) => {
    const keyNode = entry.children.get(key.getMergedTraits().xmlName ?? "key");
    const valueNode = entry.children.get(value.getMergedTraits().xmlName ?? "value");
    return [
      keyNode ? String(readInput(key, keyNode, ec2)) : "",
      valueNode ? readInput(value, valueNode, ec2) : undefined,
    ] as const;
  });
  return Object.fromEntries(entries);
}

function numbered(node: FormNode): FormNode[] {
  return [...node.children]
    .filter(([name]) => /^\d+$/.test(name))
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => child);
}

function wireName(name: string, member: NormalizedSchema, ec2: boolean): string {
  const traits = member.getMergedTraits();
  if (!ec2) return traits.xmlName ?? name;
  const ec2Name = traits.ec2QueryName;
  if (typeof ec2Name === "string") return ec2Name;
  const plain = traits.xmlName ?? name;
  return plain[0]!.toUpperCase() + plain.slice(1);
}
