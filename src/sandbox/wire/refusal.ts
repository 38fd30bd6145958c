/**
 * Why a request was turned away before its operation ran. Every service has its own code and words for each:
 * a protocol's `refuse` knows them.
 */
export type RefusalKind =
  | "missing-signature"
  | "malformed-signature"
  | "unknown-key"
  | "bad-signature"
  | "wrong-scope"
  | "wrong-region"
  | "expired"
  | "missing-parameter"
  | "invalid-parameter"
  | "malformed-body"
  | "unsupported-operation";

/** A value that breaks a constraint of the service's model. */
export interface Violation {
  /** `optionSettings.1.member.value` */
  readonly path: string;
  /** As a message shows it; `undefined` when it is missing. */
  readonly value: string | undefined;
  /** `Member must have length less than or equal to 40` */
  readonly demand: string;
}

/** A request was turned away; `detail` is the sentence that explains it, or the name that is at fault. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly violations: readonly Violation[];

  constructor(kind: RefusalKind, detail: string, violations: readonly Violation[] = []) {
    super(detail);
    this.name = "Refusal";
    this.kind = kind;
    this.violations = violations;
  }
}
