/** What the service answered: its status, who answered, and the body as JSON where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly instance: string | undefined;
  readonly model: string | undefined;
  readonly version: string | undefined;
  /** Seconds of `retry-after`. */
  readonly retryAfter: number | undefined;
  readonly body: unknown;
  /** From sending the request to having the whole answer. */
  readonly milliseconds: number;
}

/** The deployed service, or one on this machine. Rejects with EndpointSilent where nothing answers. */
export interface Endpoint {
  readonly url: string;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
}

/** Nothing answered HTTP. */
export class EndpointSilent extends Error {
  override readonly name = "EndpointSilent";
  /** The resolver does not know the host's name. */
  readonly unknownName: boolean;

  constructor(message: string, options: { readonly cause: unknown; readonly unknownName: boolean }) {
    super(message, { cause: options.cause });
    this.unknownName = options.unknownName;
  }
}

export interface EndpointOptions {
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  readonly signal: AbortSignal;
  /** Milliseconds that one answer may take. */
  readonly answerWithin?: number;
}

/** A little more than what the service and its proxy give a request. */
const ANSWER_WITHIN = 90_000;

/** Opens a service by its URL; makes no request. */
export function openEndpoint(url: string, options: EndpointOptions): Endpoint {
  const base = url.endsWith("/") ? url.slice(0, -1) : url;
  const authorization: Record<string, string> =
    options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  const ask = async (path: string, request: { method: string; body?: string }): Promise<Answer> => {
    const begun = performance.now();
    const { response, text } = await exchange(`${base}${path}`, options, {
      ...request,
      headers: {
        ...authorization,
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
      },
    });
    const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
    const retryAfter = Number(header("retry-after"));
    return {
      status: response.status,
      instance: header("x-bertops-instance"),
      model: header("x-bertops-model"),
      version: header("x-bertops-model-version"),
      retryAfter: retryAfter > 0 ? retryAfter : undefined,
      body: json(text),
      milliseconds: performance.now() - begun,
    };
  };
  return {
    url: base,
    get: (path) => ask(path, { method: "GET" }),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) }),
  };
}

async function exchange(
  url: string,
  { signal, answerWithin = ANSWER_WITHIN }: EndpointOptions,
  request: RequestInit,
): Promise<{ response: Response; text: string }> {
  const late = AbortSignal.timeout(answerWithin);
  try {
    const response = await fetch(url, {
      ...request,
      redirect: "manual",
      signal: AbortSignal.any([signal, late]),
    });
    return { response, text: await response.text() };
  } catch (cause) {
    signal.throwIfAborted();
    const why = late.aborted ? `no answer within ${answerWithin / 1000} s` : deepest(cause);
    throw new EndpointSilent(why, { cause, unknownName: /\bENOTFOUND\b/u.test(why) });
  }
}

/** `fetch failed` says nothing; what it was caused by does. */
function deepest(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return deepest(error.cause);
  return error.message === "" && "code" in error ? String(error.code) : error.message;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
