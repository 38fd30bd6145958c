import { ServiceError } from "../operation.ts";
import type { Refusal } from "../refusal.ts";
import { describeViolations } from "../validate.ts";

/** How services that speak JSON turn requests away; `validation` is their code for bad input. */
export function refuseJson(refusal: Refusal, validation: string): ServiceError {
  switch (refusal.kind) {
    case "missing-signature":
      return new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
    case "malformed-signature":
      return new ServiceError("IncompleteSignatureException", refusal.message, 403);
    case "unknown-key":
      return new ServiceError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        403,
      );
    case "bad-signature":
      return new ServiceError(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        403,
      );
    case "wrong-region":
      return new ServiceError(
        "InvalidSignatureException",
        `Credential should be scoped to a valid region, not '${refusal.message}'.`,
        403,
      );
    case "wrong-scope":
      return new ServiceError(
        "InvalidSignatureException",
        `Credential should be scoped to correct service, not '${refusal.message}'.`,
        403,
      );
    case "expired":
      return new ServiceError("InvalidSignatureException", `Signature expired: ${refusal.message}`, 403);
    case "missing-parameter":
    case "invalid-parameter":
      return new ServiceError(validation, describeViolations(refusal.violations));
    case "malformed-body":
      return new ServiceError("SerializationException", refusal.message);
    case "unsupported-operation":
      return new ServiceError("UnsupportedOperation", `The sandbox does not emulate ${refusal.message}.`);
  }
  return new ServiceError("InternalFailure", refusal.message, 500);
}
