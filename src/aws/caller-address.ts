import { isIP } from "node:net";

const AWS_ECHO = "https://checkip.amazonaws.com";

/** The caller's public address as the internet sees it, or undefined where nobody answers in 10 s. */
export async function callerAddress(
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const url = environment["BERTOPS_CHECKIP_URL"] ?? AWS_ECHO;
  const limit = AbortSignal.timeout(10_000);
  try {
    const response = await fetch(url, {
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    const address = (await response.text()).trim();
    return response.ok && isIP(address) !== 0 ? address : undefined;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
