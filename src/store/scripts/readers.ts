/**
 * Says that somebody reads a version, so that nobody removes it meanwhile. Arguments: root, model, version, token, who. Where
 * the reader may not write, nothing is said: a store that is read-only to it must be readable all the same.
 */
export const READING = String.raw`
umask 022
dir=$1/$2/.readers
mkdir -p "$dir" 2>/dev/null && printf '%s %s\n' "$3" "$5" 2>/dev/null >"$dir/$4"
exit 0
`;

/** The reader is still at work. Arguments: root, model, token. */
export const STILL_READING = String.raw`touch -c "$1/$2/.readers/$3" 2>/dev/null; exit 0`;

/** The reader is done. Arguments: root, model, token. */
export const READ = String.raw`
rm -f "$1/$2/.readers/$3" 2>/dev/null
rmdir "$1/$2/.readers" 2>/dev/null
exit 0
`;

/** Who reads what, one `VERSION WHO` a line; whoever did not show himself for two minutes is gone. Arguments: root, model. */
export const READERS = String.raw`
dir=$1/$2/.readers
[ -d "$dir" ] || exit 0
find "$dir" -type f -mmin +2 -exec rm -f {} + 2>/dev/null
for at in "$dir"/*; do [ ! -f "$at" ] || head -c 300 "$at"; done
`;
