/**
 * A module of the built program: `npm run build` must have run.
 * @param {string} name below dist/
 */
export function built(name) {
  return import(new URL(`../../../dist/${name}`, import.meta.url).href);
}
