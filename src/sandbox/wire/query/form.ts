import { Refusal } from "../refusal.ts";

/** A node of a form's keys, which are paths: `Tags.member.1.Key=a`. */
export interface FormNode {
  value: string | undefined;
  /** Was it read? EC2 turns away what it doesn't know. */
  read: boolean;
  readonly children: Map<string, FormNode>;
}

/** Parses an `application/x-www-form-urlencoded` body into a tree of its dotted keys. */
export function parseForm(text: string): FormNode {
  const root: FormNode = { value: undefined, read: true, children: new Map() };
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = unescape(equals === -1 ? part : part.slice(0, equals));
    let node = root;
    for (const name of key.split(".")) {
      let child = node.children.get(name);
      if (!child) {
        child = { value: undefined, read: false, children: new Map() };
        node.children.set(name, child);
      }
      node = child;
    }
    node.value = equals === -1 ? "" : unescape(part.slice(equals + 1));
  }
  return root;
}

/** Paths of values that nobody has read. */
export function unreadPaths(node: FormNode, path = ""): string[] {
  const own = node.value !== undefined && !node.read ? [path] : [];
  const below = [...node.children].flatMap(([name, child]) =>
    unreadPaths(child, path === "" ? name : `${path}.${name}`),
  );
  return [...own, ...below];
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new Refusal("malformed-body", "The request body is not a valid form.");
  }
}
