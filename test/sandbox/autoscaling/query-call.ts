import { canonicalRequest, sha256 } from "../../../src/sandbox/wire/canonical-request.ts";
import { deriveSigningKey, hmac } from "../../../src/sandbox/wire/signature.ts";
import { type Element, readXml } from "../independent/read-xml.ts";
import type { TestRegion } from "../open-test-region.ts";

/** Calls a service of the query protocol whose client the product does not depend on; answers the XML's root. */
export async function queryCall(
  { region, accessKeyId, secretAccessKey }: TestRegion,
  service: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Element> {
  const body = new URLSearchParams(parameters).toString();
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${timestamp.slice(0, 8)}/${region.name}/${service}/aws4_request`;
  const signedHeaders = ["host", "x-amz-date"];
  const headers = { host: new URL(region.endpoint).host, "x-amz-date": timestamp };
  const canonical = canonicalRequest(
    { method: "POST", path: "/", query: [], headers },
    { signedHeaders, payloadHash: sha256(body), encodePath: true },
  );
  const toSign = ["AWS4-HMAC-SHA256", timestamp, scope, sha256(canonical)].join("\n");
  const signature = hmac(deriveSigningKey(secretAccessKey, scope), toSign).toString("hex");
  const response = await fetch(region.endpoint, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-amz-date": timestamp,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`,
    },
  });
  return readXml(await response.text());
}

/** The texts of all elements of a name, in order. */
export function texts(element: Element, name: string): string[] {
  return element.children.flatMap((child) => (child.name === name ? [child.text] : texts(child, name)));
}
