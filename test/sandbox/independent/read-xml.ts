/** An element of an XML document. */
export interface Element {
  readonly name: string;
  readonly attributes: string;
  readonly children: Element[];
  text: string;
}

/** Reads the simple XML that AWS's protocols write: elements, attributes, text; nothing is left out silently. */
export function readXml(document: string): Element {
  const root: Element = { name: "", attributes: "", children: [], text: "" };
  const open = [root];
  const body = document.replace(/^<\?xml[^>]*\?>\s*/, "");
  for (const match of body.matchAll(/<(\/?)([\w:.-]+)([^<>]*?)(\/?)>|([^<]+)/g)) {
    const [, closing, name, attributes = "", selfClosing, text] = match;
    const current = open.at(-1)!;
    if (text !== undefined) current.text += text;
    else if (closing) {
      if (current.name !== name) throw new Error(`</${name}> closes <${current.name}>`);
      open.pop();
    } else {
      const element = { name: name!, attributes: attributes.trim(), children: [], text: "" };
      current.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error("the document is not well-formed");
  return root.children[0]!;
}
