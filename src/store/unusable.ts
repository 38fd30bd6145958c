/**
 * The files of an upload that nothing may be built on: those that are not wanted any more, those that are longer than they should
 * be, and those that are a version's file too, since writing into them would change that version. Links are made anew.
 */
export function unusable(
  listing: string,
  sizes: ReadonlyMap<string, number>,
): readonly { readonly path: string }[] {
  const paths = new Set<string>();
  for (const line of listing.split("\n")) {
    const [, word = "", path = ""] = /^(\d+|linked) \.\/(.+)$/u.exec(line) ?? [];
    const size = sizes.get(path);
    if (path !== "" && (word === "linked" || size === undefined || Number(word) > size)) paths.add(path);
  }
  return Array.from(paths, (path) => ({ path }));
}
