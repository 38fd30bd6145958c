/** Shared by what changes a model. A link is made beside `current` and renamed over it, so that readers see the old one or the new one. */
const CHANGE = String.raw`
note() { # LINE, for the history; whoever was cut off while writing left a line without its end
  [ -z "$(tail -c 1 "$dir/.history" 2>/dev/null)" ] || echo >>"$dir/.history"
  printf '%s\n' "$1" >>"$dir/.history"
}
switch_to() { # VERSION
  ln -sfn "versions/$1" "$dir/.current.new" || return 1
  mv -Tf "$dir/.current.new" "$dir/current" 2>/dev/null || mv -fh "$dir/.current.new" "$dir/current" 2>/dev/null ||
    python3 -c 'import os,sys; os.replace(sys.argv[1], sys.argv[2])' "$dir/.current.new" "$dir/current"
}
flush() { # PLACE: onto the disk, everything of its file system in one go: file by file takes minutes
  sync -f "$1" 2>/dev/null || sync
}
readable() { # DIRECTORY: by everybody, and changed by nobody else; most is so already, and left alone
  find "$1" \( -type d ! -perm 755 -o -type f ! -perm 644 ! -perm 755 \) -exec chmod u=rwX,go=rX {} + 2>/dev/null
}
settle() { # PLACE...: what directories and small files hold, onto the disk
  sync "$@" 2>/dev/null || sync
}
sweep() { # what commands that were cut off left, once nobody can be at work on it
  for at in "$dir"/.removed.*; do [ ! -e "$at" ] || rm -rf "$at"; done
  find "$dir" -maxdepth 1 -name '.lock.*' -mmin +10 -exec rm -f {} + 2>/dev/null
}
`;

/**
 * Turns a verified upload into a version. Arguments: root, model, version, `yes` to make it current, and a line for the
 * history, the lock's token, which is given back at the end, what the upload is called, and how many bytes the manifest has, which
 * is the input. Exits 5 where that version exists already, 3 where the lock is not ours any more, 4 where the manifest is not whole.
 */
export const PUBLISH = `${CHANGE}${String.raw`
umask 022
dir=$1/$2
from="$dir/.incoming/$7" to="$dir/versions/$3"
[ ! -e "$to" ] || exit 5
cat >"$from/bertops-manifest.json" || exit 4
[ "$(wc -c <"$from/bertops-manifest.json")" -eq "$8" ] || exit 4 # the connection broke within it
grep -qF "$6" "$dir/.lock" 2>/dev/null || exit 3
readable "$from"
flush "$from"
mkdir -p "$dir/versions" || exit 4
mv "$from" "$to" || exit 4
settle "$dir/versions"
rmdir "$dir/.incoming" 2>/dev/null
if [ "$4" = yes ]; then
  switch_to "$3" || exit 6
fi
note "$5"
settle "$dir" "$dir/.history"
sweep
rm -f "$dir/.lock"
`}`;

/** Makes another version current. Arguments: root, model, version, a line for the history. Exits 5 where there is no such version. */
export const USE = `${CHANGE}${String.raw`
umask 022
dir=$1/$2
[ -f "$dir/versions/$3/bertops-manifest.json" ] || exit 5
switch_to "$3" || exit 6
note "$4"
settle "$dir" "$dir/.history"
`}`;

/**
 * Removes versions, never the current one, and abandoned uploads. Arguments: root, model, a line for the history.
 * Input: one a line, `versions/ID` or `.incoming/ID`. Each is renamed away first, so that nobody sees half of one.
 */
export const REMOVE = `${CHANGE}${String.raw`
umask 022
dir=$1/$2
sweep
current=$(readlink "$dir/current")
while IFS= read -r what; do
  case $what in versions/?* | .incoming/?*) ;; *) continue ;; esac
  [ "$what" != "$current" ] || exit 5
  [ -d "$dir/$what" ] || { echo "missing $what"; continue; }
  away="$dir/.removed.$$"
  mv "$dir/$what" "$away" && rm -rf "$away" || exit 4
  echo "removed $what"
done
note "$3"
`}`;

/** Adds a line to the history. Arguments: root, model, the line. */
export const NOTE = `${CHANGE}
umask 022
dir=$1/$2
note "$3"
`;
