import { existsSync, readFileSync } from "node:fs";
import type { Element } from "./read-xml.ts";

/** Where AWS's service models (botocore's JSON) lie, when they are there. */
export const MODELS = new URL("../../../../shared/aws-models/", import.meta.url);

/** Are AWS's service models beside the repository? */
export const modelsPresent = existsSync(MODELS);

/** A shape of a service model, as far as answers are checked. */
export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, MemberShape>>;
  readonly member?: MemberShape;
  readonly key?: MemberShape;
  readonly value?: MemberShape;
  readonly required?: readonly string[];
  readonly flattened?: boolean;
  readonly enum?: readonly string[];
  readonly payload?: string;
}

/** A member of a structure, or the item of a list. */
export interface MemberShape {
  readonly shape: string;
  readonly locationName?: string;
  readonly location?: string;
  readonly flattened?: boolean;
  readonly queryName?: string;
}

/** A service model. */
export interface Model {
  readonly metadata: {
    readonly protocol: string;
    readonly apiVersion: string;
    readonly endpointPrefix: string;
  };
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly http: { readonly method: string; readonly requestUri: string };
        readonly input?: { readonly shape: string };
        readonly output?: { readonly shape: string; readonly resultWrapper?: string };
      }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Reads a service's model. */
export function readModel(file: string): Model {
  return JSON.parse(readFileSync(new URL(`${file}.json`, MODELS), "utf8")) as Model;
}

/** What an XML answer's element has that its shape does not know, or lacks that it demands. */
export function checkElement(model: Model, shapeName: string, element: Element, path: string): string[] {
  const shape = model.shapes[shapeName]!;
  if (shape.type === "structure") return checkStructure(model, shape, element, path);
  if (shape.type === "list") {
    const item = shape.member!;
    const expected = item.locationName ?? "member";
    return element.children.flatMap((child) =>
      child.name === expected
        ? checkElement(model, item.shape, child, `${path}[]`)
        : [`${path}: <${child.name}> instead of <${expected}>`],
    );
  }
  if (element.children.length > 0) return [`${path}: has elements, but is a ${shape.type}`];
  return checkText(shape, element.text, path);
}

function checkStructure(model: Model, shape: Shape, element: Element, path: string): string[] {
  const members = Object.entries(shape.members ?? {}).filter(([, member]) => member.location === undefined);
  const known = new Map(
    members.map(([name, member]) => {
      const target = model.shapes[member.shape]!;
      const flat = member.flattened ?? target.flattened ?? false;
      const itemName = flat ? target.member?.locationName : undefined;
      return [itemName ?? member.locationName ?? name, { member, target, flat }] as const;
    }),
  );
  const missing = members
    .filter(([name, member]) => shape.required?.includes(name) && member.location === undefined)
    .map(([name, member]) => member.locationName ?? name)
    .filter((name) => !element.children.some((child) => child.name === name))
    .map((name) => `${path}.${name}: is missing`);
  const wrong = element.children.flatMap((child) => {
    const found = known.get(child.name);
    if (!found) return [`${path}.${child.name}: is unknown to the model`];
    const shapeName = found.flat ? found.target.member!.shape : found.member.shape;
    return checkElement(model, shapeName, child, `${path}.${child.name}`);
  });
  return [...missing, ...wrong];
}

/** The same of a JSON answer. */
export function checkJson(model: Model, shapeName: string, value: unknown, path: string): string[] {
  const shape = model.shapes[shapeName]!;
  if (shape.type === "structure") {
    const members = shape.members ?? {};
    const record = value as Record<string, unknown>;
    const missing = (shape.required ?? [])
      .filter((name) => !(name in record))
      .map((name) => `${path}.${name}: is missing`);
    const wrong = Object.entries(record).flatMap(([name, inner]) => {
      const member = members[name];
      return member
        ? checkJson(model, member.shape, inner, `${path}.${name}`)
        : [`${path}.${name}: is unknown`];
    });
    return [...missing, ...wrong];
  }
  if (shape.type === "list") {
    return (value as unknown[]).flatMap((item) => checkJson(model, shape.member!.shape, item, `${path}[]`));
  }
  if (shape.type === "timestamp" && typeof value === "number") return [];
  return checkText(shape, String(value), path);
}

function checkText(shape: Shape, text: string, path: string): string[] {
  const patterns: Record<string, RegExp> = {
    boolean: /^(?:true|false)$/,
    integer: /^-?\d+$/,
    long: /^-?\d+$/,
    timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
  };
  if (patterns[shape.type]?.test(text) === false) return [`${path}: '${text}' is no ${shape.type}`];
  if (shape.enum && !shape.enum.includes(text)) return [`${path}: '${text}' is not in the enum`];
  return [];
}
