const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** `500GB`, `1.5 TiB` or `2000000` as bytes; undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(?<number>\d+(?:\.\d+)?) ?(?<unit>(?:[kmgt]i?)?)b?$/iu.exec(text.trim())?.groups;
  const unit = UNITS[match?.["unit"]?.toLowerCase() ?? "-"];
  const bytes = match === undefined || unit === undefined ? Number.NaN : Number(match["number"]) * unit;
  return bytes >= 1 && Number.isSafeInteger(Math.round(bytes)) ? Math.round(bytes) : undefined;
}
