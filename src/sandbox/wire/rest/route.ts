import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import { decode, type WireRequest } from "../request.ts";
import { requiredMembers } from "../validate.ts";

/** Where an operation of a REST protocol is found. */
export interface Route {
  readonly schema: StaticOperationSchema;
  readonly method: string;
  readonly status: number;
  readonly segments: readonly string[];
  /** Query parameters that must be there: those of the path's template and those of required members. */
  readonly query: readonly string[];
  readonly headers: readonly string[];
}

/** A route that fits a request, and the labels of its path, decoded. */
export interface Match {
  readonly route: Route;
  readonly labels: ReadonlyMap<string, string>;
}

/** The route of an operation. S3's templates leave out the bucket, which is the first segment (path style). */
export function routeOf(schema: StaticOperationSchema): Route {
  const { http } = schema[3] as { http: [string, string, number] };
  const [method, template, status] = http;
  const [path = "/", query = ""] = template.split("?");
  const input = NormalizedSchema.of(schema[4]);
  const required = input.isStructSchema() ? requiredMembers(input) : new Set<string>();
  const queryNames = query.split("&").map((part) => part.split("=")[0] ?? "");
  const headers: string[] = [];
  const segments = path.split("/").filter((segment) => segment !== "");
  for (const name of required) {
    const traits = input.getMemberSchema(name).getMergedTraits();
    if (traits.httpQuery) queryNames.push(traits.httpQuery);
    if (traits.httpHeader) headers.push(traits.httpHeader.toLowerCase());
    if (name === "Bucket" && traits.httpLabel && !segments.includes("{Bucket}")) segments.unshift("{Bucket}");
  }
  // `x-id` only names the operation; clients other than the JavaScript SDK leave it out.
  const wanted = queryNames.filter((name) => name !== "" && name !== "x-id");
  return { schema, method, status, segments, query: wanted, headers };
}

/** The most specific route that fits; among equals the one that comes first. */
export function matchRoute(routes: readonly Route[], request: WireRequest): Match | undefined {
  const path = request.path.split("/").slice(1);
  const present = new Set(request.query.map(([name]) => name));
  let best: Match | undefined;
  let bestScore = -1;
  for (const route of routes) {
    if (route.method !== request.method) continue;
    if (!route.query.every((name) => present.has(name))) continue;
    if (!route.headers.every((name) => request.headers[name] !== undefined)) continue;
    const labels = matchPath(route.segments, path);
    const score = route.query.length + route.headers.length;
    if (labels && score > bestScore) {
      best = { route, labels };
      bestScore = score;
    }
  }
  return best;
}

function matchPath(template: readonly string[], path: readonly string[]): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  for (const [index, segment] of template.entries()) {
    const label = /^\{(\w+)(\+?)\}$/.exec(segment);
    if (label?.[2] === "+") {
      const rest = path.slice(index).join("/");
      if (rest === "") return undefined;
      labels.set(label[1]!, decode(rest));
      return labels;
    }
    const part = path[index];
    if (part === undefined || part === "") return undefined;
    if (label) labels.set(label[1]!, decode(part));
    else if (segment !== part) return undefined;
  }
  // A slash at the end is no further segment.
  const rest = path.slice(template.length);
  return rest.every((part) => part === "") && rest.length <= 1 ? labels : undefined;
}
