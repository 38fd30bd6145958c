import { readXml } from "./read-xml.ts";
import type { Exchange } from "./recording-proxy.ts";
import { checkElement, checkJson, type Model, readModel } from "./service-model.ts";

/** Signing name -> file of the model. */
const FILES: Readonly<Record<string, string>> = {
  autoscaling: "autoscaling",
  ec2: "ec2",
  "ec2-instance-connect": "ec2-instance-connect",
  elasticfilesystem: "efs",
  elasticbeanstalk: "elasticbeanstalk",
  elasticloadbalancing: "elbv2",
  iam: "iam",
  s3: "s3",
  sts: "sts",
};

/** What a request and its answer have that AWS's model does not know, or lack that it demands. */
export function checkExchange(exchange: Exchange): { readonly call: string; readonly faults: string[] } {
  const authorization = String(exchange.headers.authorization);
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(authorization)?.[1] ?? "";
  const model = readModel(FILES[service]!);
  const call = callOf(model, exchange);
  const operation = model.operations[call];
  // The models hold the calls that bertops makes; a user of the AWS CLI makes others too.
  if (!operation) return { call, faults: [] };
  if (exchange.status >= 300) return { call, faults: checkError(model, exchange) };
  return { call, faults: [...checkRequest(model, call, exchange), ...checkAnswer(model, call, exchange)] };
}

function callOf(model: Model, exchange: Exchange): string {
  const { protocol } = model.metadata;
  if (protocol === "query" || protocol === "ec2") {
    return new URLSearchParams(exchange.body.toString()).get("Action") ?? "";
  }
  if (protocol === "json") return String(exchange.headers["x-amz-target"]).split(".").at(-1)!;
  const [path = "", query = ""] = exchange.url.split("?");
  const asked = new URLSearchParams(query);
  let best = "";
  let bestScore = -1;
  for (const [name, operation] of Object.entries(model.operations)) {
    const [template = "", staticQuery = ""] = operation.http.requestUri.split("?");
    const members = Object.entries(model.shapes[operation.input?.shape ?? ""]?.members ?? {});
    const required = members
      .filter(
        ([key, member]) =>
          member.location === "querystring" && model.shapes[operation.input!.shape]!.required?.includes(key),
      )
      .map(([, member]) => member.locationName!);
    const wanted = [...new URLSearchParams(staticQuery).keys(), ...required];
    const pattern = template.replace(/\{\w+\+\}/g, ".+").replace(/\{\w+\}/g, "[^/]+");
    const fits =
      operation.http.method === exchange.method &&
      new RegExp(`^${pattern}/?$`).test(path) &&
      wanted.every((key) => asked.has(key));
    if (fits && wanted.length > bestScore) {
      best = name;
      bestScore = wanted.length;
    }
  }
  return best;
}

function checkRequest(model: Model, call: string, exchange: Exchange): string[] {
  const { protocol } = model.metadata;
  if (protocol !== "query" && protocol !== "ec2") return [];
  const members = Object.entries(model.shapes[model.operations[call]!.input?.shape ?? ""]?.members ?? {});
  const known = new Set(
    members.map(([name, member]) => {
      if (protocol === "query") return member.locationName ?? name;
      const plain = member.locationName ?? name;
      return member.queryName ?? plain[0]!.toUpperCase() + plain.slice(1);
    }),
  );
  return [...new URLSearchParams(exchange.body.toString()).keys()]
    .map((key) => key.split(".")[0]!)
    .filter((key) => !["Action", "Version"].includes(key) && !known.has(key))
    .map((key) => `${call}: the request's ${key} is unknown to the model`);
}

function checkAnswer(model: Model, call: string, exchange: Exchange): string[] {
  const { protocol } = model.metadata;
  const output = model.operations[call]!.output;
  const text = exchange.answer.toString();
  if (
    exchange.answerHeaders["x-amzn-requestid"] === undefined &&
    exchange.answerHeaders["x-amz-request-id"] === undefined
  ) {
    return [`${call}: no request id`];
  }
  if (!output) return [];
  if (protocol === "json" || protocol === "rest-json") {
    return checkJson(model, output.shape, JSON.parse(text), call);
  }
  if (protocol === "rest-xml") {
    const xml = String(exchange.answerHeaders["content-type"]).includes("application/xml");
    if (!xml || text === "" || call === "GetBucketLocation") return [];
    return checkElement(model, output.shape, readXml(text), call);
  }
  const document = readXml(text);
  const faults = document.name === `${call}Response` ? [] : [`${call}: the root is <${document.name}>`];
  if (protocol === "ec2") {
    const children = document.children.filter((child) => child.name !== "requestId");
    return [...faults, ...checkElement(model, output.shape, { ...document, children }, call)];
  }
  const result = document.children.find((child) => child.name === output.resultWrapper);
  return result
    ? [...faults, ...checkElement(model, output.shape, result, call)]
    : [...faults, `${call}: no result`];
}

/** Errors have the form of their protocol: a code, a message, a request id. */
function checkError(model: Model, exchange: Exchange): string[] {
  const { protocol } = model.metadata;
  const text = exchange.answer.toString();
  if (protocol === "json" || protocol === "rest-json") {
    const body = JSON.parse(text) as Record<string, unknown>;
    return body.__type || exchange.answerHeaders["x-amzn-errortype"] ? [] : ["an error without its type"];
  }
  if (exchange.method === "HEAD" || text === "") return [];
  const document = readXml(text);
  const names = document.children.map((child) => child.name);
  if (protocol === "rest-xml") return names.includes("Code") && names.includes("RequestId") ? [] : [text];
  const expected = protocol === "ec2" ? ["Errors", "RequestID"] : ["Error", "RequestId"];
  return expected.every((name) => names.includes(name)) ? [] : [text];
}
