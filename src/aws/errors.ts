import { EXIT, UserError } from "../errors.ts";
import { isKnownRegion, regionsNear } from "./regions.ts";

/** Which call failed. */
export interface CallContext {
  /** The SDK's client class: `ElasticBeanstalkClient`. */
  readonly client: string;
  /** The SDK's command class: `CreateEnvironmentCommand`. */
  readonly command: string;
  readonly region: string;
  /** The profile that was asked for, where one was. */
  readonly profile?: string | undefined;
}

/** Names of the clients as IAM's actions spell the services. */
const ACTION_PREFIX: Readonly<Record<string, string>> = {
  EC2Client: "ec2",
  EC2InstanceConnectClient: "ec2-instance-connect",
  EFSClient: "elasticfilesystem",
  ElasticBeanstalkClient: "elasticbeanstalk",
  IAMClient: "iam",
  S3Client: "s3",
  STSClient: "sts",
};

const NETWORK_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "TimeoutError",
]);
const EXPIRED = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"]);
const UNKNOWN_KEY = new Set([
  "AuthFailure",
  "IncompleteSignature",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "OptInRequired",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);
const DENIED = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "InsufficientPrivilegesException",
  "NotAuthorized",
  "UnauthorizedOperation",
]);
const BUSY = new Set([
  "InternalError",
  "InternalFailure",
  "InternalServerError",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "TooManyRequests",
  "TooManyRequestsException",
]);

/**
 * The code that the service answered with, looked up through the user error that wraps it: `InvalidGroup.Duplicate`.
 * Undefined for anything that is not an answer of AWS.
 */
export function errorCode(error: unknown): string | undefined {
  const original = error instanceof UserError ? error.cause : error;
  if (!(original instanceof Error)) return undefined;
  // Answers of AWS carry their code as the name; errors of the network have only a code.
  if (original.name !== "Error") return original.name;
  return "code" in original && typeof original.code === "string" ? original.code : undefined;
}

/** A further member of the error's body, where it is a text: the `FileSystemId` of FileSystemAlreadyExists. */
export function errorField(error: unknown, field: string): string | undefined {
  const original = error instanceof UserError ? error.cause : error;
  if (!(original instanceof Error)) return undefined;
  const value: unknown = Reflect.get(original, field);
  return typeof value === "string" ? value : undefined;
}

/** The service's own words, without what bertops added. */
export function errorMessage(error: unknown): string {
  const original = error instanceof UserError && error.cause instanceof Error ? error.cause : error;
  return original instanceof Error ? original.message : String(original);
}

/** Says what an SDK error means to the person at the terminal. User errors pass through. */
export function toUserError(error: unknown, context: CallContext): UserError {
  if (error instanceof UserError) return error;
  const action = actionOf(context);
  const code = errorCode(error) ?? "Unknown";
  const said = errorMessage(error);
  const cause = error;
  if (code === "CredentialsProviderError" && context.profile !== undefined)
    return new UserError({
      reason: "no-credentials",
      message: `The AWS profile ${context.profile} gives no credentials: ${said.replace(/\.$/u, "")}.`,
      hint: "See that it stands in ~/.aws/config or ~/.aws/credentials, and sign in again where it uses SSO.",
      next: ["aws configure list-profiles", `aws sso login --profile ${context.profile}`],
      exitCode: EXIT.denied,
      cause,
    });
  if (code === "CredentialsProviderError")
    return new UserError({
      reason: "no-credentials",
      message: `No AWS credentials were found: ${said}.`,
      hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile; without an account, use the sandbox.",
      next: ["aws configure", 'eval "$(bertops sandbox env)"'],
      exitCode: EXIT.denied,
      cause,
    });
  if (EXPIRED.has(code))
    return new UserError({
      reason: "credentials-expired",
      message: `AWS says that the credentials have expired (${action}).`,
      hint: "Sign in again, then run the same command: it continues.",
      next: ["aws sso login", "aws sts get-caller-identity"],
      exitCode: EXIT.denied,
      cause,
    });
  if (code === "RequestTimeTooSkewed" || /signature (not yet current|expired)/i.test(said))
    return new UserError({
      reason: "clock-skew",
      message: `AWS refuses the request because this machine's clock is wrong: ${said}`,
      hint: "Set the clock, then run the same command again.",
      next: ["timedatectl"],
      exitCode: EXIT.denied,
      cause,
    });
  if (/scoped to a valid region|not opted in|OptInRequired/i.test(`${said} ${code}`))
    return wrongRegion(context.region, said, cause);
  if (UNKNOWN_KEY.has(code))
    return new UserError({
      reason: "credentials-refused",
      message: `AWS does not accept the credentials in ${context.region} (${action}): ${said}`,
      hint: `Check the keys, and that the account has the region ${context.region} enabled.`,
      next: ["aws sts get-caller-identity"],
      exitCode: EXIT.denied,
      cause,
    });
  if (DENIED.has(code))
    return new UserError({
      reason: "access-denied",
      message: `The caller may not do ${action}: ${said}`,
      hint: `Allow ${action} in the caller's IAM policy, then run the same command: it continues.`,
      next: ["aws sts get-caller-identity"],
      exitCode: EXIT.denied,
      cause,
    });
  if (BUSY.has(code))
    return new UserError({
      reason: "aws-busy",
      message: `AWS would not take ${action} after several attempts: ${said}`,
      hint: "Wait a minute and run the same command again: it continues.",
      exitCode: EXIT.retry,
      cause,
    });
  if (NETWORK_CODES.has(code)) return unreachable(code, said, context, cause);
  if (/region is missing/i.test(said)) return noRegion(cause);
  return new UserError({
    reason: "aws-refused",
    message: `AWS refused ${action}: ${said || code} (${code})`,
    exitCode: EXIT.failed,
    cause,
  });
}

/** No region in flags, environment, bertops.yaml or the profile. */
export function noRegion(cause?: unknown): UserError {
  return new UserError({
    reason: "no-region",
    message: "No AWS region is set.",
    hint: "Pass --region, set AWS_REGION, or write region: into bertops.yaml.",
    next: ["export AWS_REGION=us-east-1", 'eval "$(bertops sandbox env)"'],
    exitCode: EXIT.usage,
    cause,
  });
}

function unreachable(code: string, said: string, context: CallContext, cause: unknown): UserError {
  // A region that does not exist shows as an unknown host name.
  if (code === "ENOTFOUND" && said.includes(context.region) && !isKnownRegion(context.region))
    return wrongRegion(context.region, said, cause);
  return new UserError({
    reason: "network",
    message: `AWS cannot be reached (${actionOf(context)}): ${said}`,
    hint: "Check the network, the proxy and AWS_ENDPOINT_URL, then run the same command again: it continues.",
    exitCode: EXIT.retry,
    cause,
  });
}

function wrongRegion(region: string, said: string, cause: unknown): UserError {
  const near = regionsNear(region);
  return new UserError({
    reason: "wrong-region",
    message: `AWS does not serve this account in the region ${region}: ${said}`,
    hint: near.length === 0 ? "Pass another --region." : `Regions of that name: ${near.join(", ")}.`,
    next: ["aws ec2 describe-regions --region us-east-1"],
    exitCode: EXIT.denied,
    cause,
  });
}

function actionOf(context: CallContext): string {
  const operation = context.command.replace(/Command$/u, "");
  return `${ACTION_PREFIX[context.client] ?? context.client}:${operation}`;
}
