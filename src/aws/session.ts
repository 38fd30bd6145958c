import type { Pluggable } from "@smithy/types";
import { toUserError } from "./errors.ts";

/** What every AWS client is opened with. */
export interface AwsSession {
  readonly region: string;
  /** What the clients of one service take: `settings("S3")`. */
  settings(service: ServiceName): ClientSettings;
  /** Turns SDK errors into user errors and lets an abort end a call; every client uses it. */
  readonly plugin: Pluggable<any, any>;
  /** True where the endpoint is on this machine: then waiting is short. */
  readonly local: boolean;
}

/** Services by the suffix of their `AWS_ENDPOINT_URL_…` variable. */
export type ServiceName = "EC2" | "EC2_INSTANCE_CONNECT" | "EFS" | "ELASTIC_BEANSTALK" | "IAM" | "S3" | "STS";

export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: Credentials;
  readonly maxAttempts: number;
  readonly logger: typeof SILENT;
  readonly requestHandler: { readonly connectionTimeout: number };
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SessionOptions {
  readonly region: string;
  readonly profile?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** The SDK has opinions on variables and profiles that it would write to the terminal. */
const SILENT = {
  debug: (): void => {},
  info: (): void => {},
  warn: (): void => {},
  error: (): void => {},
};

/** Opens a session; makes no call. A named profile wins over credentials in the environment. */
export function openSession(options: SessionOptions): AwsSession {
  const { region, profile, environment, signal } = options;
  const credentials = profile === undefined ? credentialsOf(environment) : undefined;
  // Standard retry mode: throttling and transient failures are tried again with growing pauses.
  const base = {
    region,
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: 6,
    logger: SILENT,
    requestHandler: { connectionTimeout: 10_000 },
  };
  const shared = environment["AWS_ENDPOINT_URL"];
  return {
    region,
    settings(service) {
      const endpoint = environment[`AWS_ENDPOINT_URL_${service}`] ?? shared;
      return endpoint === undefined || endpoint === "" ? base : { ...base, endpoint };
    },
    plugin: errorPlugin({ region, profile }, signal),
    local: shared !== undefined && isLoopback(shared),
  };
}

function credentialsOf(environment: SessionOptions["environment"]): Credentials | undefined {
  const accessKeyId = environment["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = environment["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey) return undefined;
  const sessionToken = environment["AWS_SESSION_TOKEN"];
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function errorPlugin(
  from: Pick<SessionOptions, "region" | "profile">,
  signal: AbortSignal | undefined,
): Pluggable<any, any> {
  return {
    applyToStack(stack) {
      stack.add(
        (next, context) => async (args) => {
          signal?.throwIfAborted();
          const calling = next(args);
          try {
            return await (signal === undefined ? calling : untilAborted(calling, signal));
          } catch (error) {
            if (signal?.aborted === true) throw signal.reason;
            throw toUserError(error, {
              client: context.clientName ?? "",
              command: context.commandName ?? "",
              ...from,
            });
          }
        },
        { step: "initialize", name: "bertopsErrors", priority: "high" },
      );
    },
  };
}

/** The same promise, rejected as soon as the signal aborts. */
async function untilAborted<Value>(calling: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([calling, aborted]);
  } finally {
    settled.abort();
  }
}
