/** One finding of a validation, as ValidateConfigurationSettings answers it. */
export interface Finding {
  readonly namespace: string;
  readonly name: string;
  readonly message: string;
}

/** `Invalid option value: …` as Beanstalk words it; an unset option shows as `null`. */
export function invalidValue(
  namespace: string,
  name: string,
  value: string | undefined,
  reason: string,
): Finding {
  const where = `(Namespace: '${namespace}', OptionName: '${name}')`;
  return { namespace, name, message: `Invalid option value: '${value ?? "null"}' ${where}: ${reason}` };
}
