/** What AWS's service model demands of a shape, beyond its type. */
export interface ShapeConstraint {
  /** Structure: member -> shape. Only members that have constraints themselves or below. */
  readonly members?: Readonly<Record<string, string>>;
  /** Required members that the SDK's schema does not count as such, since its clients fill them in: idempotency tokens. */
  readonly required?: readonly string[];
  /** List: the shape of an item; map: of a value. */
  readonly item?: string;
  /** Map: the shape of a key. */
  readonly key?: string;
  /** Least and most: length of a string, items of a list, or value of a number. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: readonly string[];
}

/** The constraints on the inputs of a service's operations. */
export interface ServiceConstraints {
  /** Operation -> shape of its input. */
  readonly operations: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, ShapeConstraint>>;
}

/** For a service whose model is not at hand: only types and required members are checked. */
export const NO_CONSTRAINTS: ServiceConstraints = { operations: {}, shapes: {} };
