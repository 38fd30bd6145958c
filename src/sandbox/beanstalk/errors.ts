import { ServiceError } from "../wire/operation.ts";
import type { Finding } from "./options/finding.ts";

/** The code that Beanstalk gives for names that don't exist, duplicates and wrong states alike. */
export function invalidParameterValue(message: string): ServiceError {
  return new ServiceError("InvalidParameterValue", message);
}

/** Two parameters that don't go together, or one that is missing beside another. */
export function invalidParameterCombination(message: string): ServiceError {
  return new ServiceError("InvalidParameterCombination", message);
}

/** A parameter that this request needs and the API's schema leaves optional. */
export function missingParameter(message: string): ServiceError {
  return new ServiceError("MissingParameter", message);
}

/** Option settings that Beanstalk refuses; it names the first fault. */
export function configurationInvalid(finding: Finding): ServiceError {
  return new ServiceError(
    "ConfigurationValidationException",
    `Configuration validation exception: ${finding.message}`,
  );
}

/** Something else is under way: the wire code differs from the exception's name. */
export function operationInProgress(message: string): ServiceError {
  return new ServiceError("OperationInProgressFailure", message);
}

/** An operation of the real service that a sandbox can't give sense to. */
export function unsupported(operation: string, reason: string): ServiceError {
  return new ServiceError("UnsupportedOperation", `The sandbox does not emulate ${operation}: ${reason}`);
}
