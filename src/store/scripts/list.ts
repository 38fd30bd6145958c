/**
 * Lists a store: `model NAME`, then `current LINK`, `lock TEXT` and, for each version, `version ID BEGINNING`, where
 * BEGINNING is the first kilobyte of its manifest. Arguments: the root, and a model's name or nothing for all.
 */
export const LIST = String.raw`
root=$1
limit() { if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift; "$@"; fi; }
limit 15 ls -d "$root/." >/dev/null 2>&1 || { echo "root missing"; exit 0; }
for dir in "$root"/*; do
  name=$(basename "$dir")
  [ -d "$dir/versions" ] || continue
  if [ -n "$2" ] && [ "$2" != "$name" ]; then continue; fi
  echo "model $name"
  if [ -L "$dir/current" ]; then echo "current $(readlink "$dir/current")"; fi
  if [ -f "$dir/.lock" ]; then echo "lock $(head -c 1000 "$dir/.lock" | tr '\n' ' ')"; fi
  for at in "$dir"/versions/*; do
    [ -d "$at" ] || continue
    printf 'version %s ' "$(basename "$at")"
    head -c 1000 "$at/bertops-manifest.json" 2>/dev/null | tr '\n' ' '
    echo
  done
  for at in "$dir"/.incoming/*; do
    [ ! -d "$at" ] || echo "incoming $(basename "$at")"
  done
done
`;

/** The last lines of a model's history. Arguments: root, model, how many. */
export const HISTORY = String.raw`tail -n "$3" "$1/$2/.history" 2>/dev/null; exit 0`;
