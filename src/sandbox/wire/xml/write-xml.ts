import { XmlShapeSerializer } from "@aws-sdk/core/protocols";
import type { $SchemaRef, StaticStructureSchema } from "@smithy/types";

/** A member of an XML document's root: its name, its schema and its value. */
export interface XmlMember {
  readonly name: string;
  readonly schema: $SchemaRef;
  readonly value: unknown;
}

/** Writes an XML document with the SDK's own serializer. */
export function writeXml(root: string, namespace: string | undefined, members: readonly XmlMember[]): string {
  const schema: StaticStructureSchema = [
    3,
    "bertops.sandbox",
    root,
    0,
    members.map((member) => member.name),
    members.map((member) => member.schema),
  ];
  const serializer = new XmlShapeSerializer({
    // Without httpBindings every member goes into the body; 5 is date-time.
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    xmlNamespace: namespace ?? "",
    serviceNamespace: "bertops.sandbox",
  });
  serializer.write(schema, Object.fromEntries(members.map((member) => [member.name, member.value])));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(serializer.flush())}`;
}

/** The schema of a structure of strings, for error bodies and metadata. */
export function stringsSchema(name: string, members: readonly string[]): StaticStructureSchema {
  return [3, "bertops.sandbox", name, 0, [...members], members.map(() => 0)];
}
