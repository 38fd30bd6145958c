import { ServiceError } from "../operation.ts";
import type { Refusal } from "../refusal.ts";
import { describeViolations } from "../validate.ts";

/** How S3 turns requests away. */
export function refuseS3(refusal: Refusal): ServiceError {
  switch (refusal.kind) {
    case "missing-signature":
      return new ServiceError("AccessDenied", "Access Denied", 403);
    case "malformed-signature":
      return new ServiceError("AuthorizationHeaderMalformed", refusal.message);
    case "unknown-key":
      return new ServiceError(
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        403,
        { AWSAccessKeyId: refusal.message },
      );
    case "bad-signature":
      return new ServiceError(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        403,
        { AWSAccessKeyId: refusal.message },
      );
    case "wrong-region":
      return new ServiceError(
        "AuthorizationHeaderMalformed",
        `The authorization header is malformed; the region '${refusal.message}' is wrong`,
      );
    case "wrong-scope":
      return new ServiceError(
        "AuthorizationHeaderMalformed",
        `The authorization header is malformed; incorrect service "${refusal.message}". This endpoint belongs to "s3".`,
      );
    case "expired":
      return new ServiceError("AccessDenied", "Request has expired", 403);
    case "missing-parameter":
      // Paths and queries have led here already: what is missing is missing in the body.
      return new ServiceError(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
      );
    case "invalid-parameter":
      return new ServiceError("InvalidArgument", describeViolations(refusal.violations));
    case "malformed-body":
      return new ServiceError("InvalidArgument", refusal.message);
    case "unsupported-operation":
      return new ServiceError("NotImplemented", `The sandbox does not emulate ${refusal.message}.`, 501);
  }
  return new ServiceError("InternalError", refusal.message, 500);
}
