/** What an instance's nginx does with requests; sizes in bytes, times in milliseconds. */
export interface ProxyRules {
  /** The largest body; 0 admits any. */
  readonly maxBody: number;
  /** How long the application may keep silent before 504. */
  readonly readTimeout: number;
  readonly connectTimeout: number;
}

/** nginx's own defaults, which Beanstalk leaves as they are. */
export const DEFAULT_PROXY_RULES: ProxyRules = {
  maxBody: 2 ** 20,
  readTimeout: 60_000,
  connectTimeout: 60_000,
};

const SIZE_UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function lastValue(text: string, directive: string): string | undefined {
  return [...text.matchAll(new RegExp(`(?:^|[;{}\\s])${directive}\\s+([^;{}]+);`, "gu"))].at(-1)?.[1]?.trim();
}

function measure(
  value: string | undefined,
  { units, plain }: { readonly units: Readonly<Record<string, number>>; readonly plain: number },
  otherwise: number,
): number {
  const match = /^(?<amount>\d+)(?<unit>[a-z]*)$/iu.exec(value ?? "");
  const amount = match?.groups?.["amount"];
  if (amount === undefined) {
    return otherwise;
  }
  const unit = match?.groups?.["unit"]?.toLowerCase() ?? "";
  return Number(amount) * (unit === "" ? plain : (units[unit] ?? plain));
}

/** The directives of nginx snippets that the sandbox's proxy honours; the last one of a kind wins. */
export function parseProxyRules(snippets: readonly string[]): ProxyRules {
  const text = snippets.join("\n").replaceAll(/#[^\n]*/gu, "");
  const size = { units: SIZE_UNITS, plain: 1 };
  const time = { units: TIME_UNITS, plain: 1000 };
  return {
    maxBody: measure(lastValue(text, "client_max_body_size"), size, DEFAULT_PROXY_RULES.maxBody),
    readTimeout: measure(lastValue(text, "proxy_read_timeout"), time, DEFAULT_PROXY_RULES.readTimeout),
    connectTimeout: measure(
      lastValue(text, "proxy_connect_timeout"),
      time,
      DEFAULT_PROXY_RULES.connectTimeout,
    ),
  };
}
