/** What changing an option does to a running environment, in the API's words. */
export type ChangeSeverity = "NoInterruption" | "RestartApplicationServer" | "RestartEnvironment";

/** Where an option makes sense: load balancers of some type, or any environment. */
export type Scope = "any" | "balanced" | "classic" | "application" | "v2";

/** What Beanstalk knows of one option: its default, what it admits, what changing it costs. */
export interface OptionRule {
  readonly namespace: string;
  readonly name: string;
  readonly default?: string;
  readonly severity: ChangeSeverity;
  /** Allowed values; compared without regard to case unless `exactCase`. */
  readonly values?: readonly string[];
  readonly exactCase?: boolean;
  /** A whole number between `min` and `max`. */
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly list?: boolean;
  readonly scope: Scope;
  /** Any name is an option of this namespace, as with environment properties. */
  readonly anyName?: boolean;
}

/** What a row of the table gives beyond its name. */
export type Row = Partial<Omit<OptionRule, "namespace" | "name" | "scope" | "severity">> & {
  readonly severity?: ChangeSeverity;
};

/** The values of a switch. */
export const BOOLEAN: readonly string[] = ["true", "false"];

/** The rows of one namespace as rules. */
export function rules(
  namespace: string,
  rows: Readonly<Record<string, Row>>,
  shared: { readonly severity?: ChangeSeverity; readonly scope?: Scope } = {},
): OptionRule[] {
  const { severity = "NoInterruption", scope = "any" } = shared;
  return Object.entries(rows).map(([name, row]) => ({ namespace, name, severity, scope, ...row }));
}
