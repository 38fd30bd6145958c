import type {
  $SchemaRef,
  StaticListSchema,
  StaticOperationSchema,
  StaticStructureSchema,
} from "@smithy/types";

/** For services whose client the product does not depend on: schemas in the SDK's own form, written by hand. */
const NAMESPACE = "bertops.sandbox";

/** A string, a number, a boolean and a timestamp, as the SDK numbers them. */
export const STRING = 0;
export const NUMBER = 1;
export const BOOLEAN = 2;
export const TIMESTAMP = 4;

/** A structure of these members, the first `required` of which must be there. */
export function structure(
  name: string,
  members: Readonly<Record<string, $SchemaRef>>,
  required = 0,
): StaticStructureSchema {
  return [3, NAMESPACE, name, 0, Object.keys(members), Object.values(members), required];
}

/** A list. */
export function listOf(item: $SchemaRef): StaticListSchema {
  return [1, NAMESPACE, "List", 0, item];
}

/** An operation of the query protocol. */
export function operation(name: string, input: $SchemaRef, output: $SchemaRef): StaticOperationSchema {
  return [9, NAMESPACE, name, 0, input, output];
}
