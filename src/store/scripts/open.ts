import { MARK } from "../host.ts";
import { TAKE_LOCK } from "./lock.ts";
import { RECEIVE } from "./receive.ts";
import { FACTS } from "./survey.ts";

/**
 * Begins a push with one program, since each one more takes two round trips: looks at the store, takes the model's lock, tells
 * what the versions have that are worth comparing with, and goes on as {@link RECEIVE}. Arguments: root, model, the lock's token,
 * what the lock says, and the 8 hex digits of the content, or nothing where they are not known.
 *
 * Prints the facts of a survey; `alike ID HASH` for each version that may have just this content, in which case no lock is
 * taken; `lock ANSWER` with each line of {@link LOCK}'s answer; `manifest ID`, and its lines after `m `; `end`. Only who has the
 * lock goes on.
 */
export const OPEN = `echo ${MARK}
${FACTS}${TAKE_LOCK}${String.raw`
umask 022
[ "$writable" = yes ] || { echo end; exit 0; }
alike=
for at in "$dir"/versions/*-"$5"; do
  [ -f "$at/bertops-manifest.json" ] || continue
  alike=yes
  hash=$(head -c 1000 "$at/bertops-manifest.json" | sed -n 's/.*"content":"\([0-9a-f]\{64\}\)".*/\1/p')
  echo "alike ${"$"}{at##*/} $hash"
done
[ -z "$alike" ] || { echo end; exit 0; }
answer=$(take_lock "$1" "$2" "$3" "$4")
printf '%s\n' "$answer" | sed 's/^/lock /'
[ "$answer" = locked ] || { echo end; exit 0; }
before= last=
for at in "$dir"/versions/*; do
  [ -f "$at/bertops-manifest.json" ] || continue
  before=$last last=${"$"}{at##*/}
done
told=
for id in "$before" "$last" "${"$"}{current##*/}"; do
  case " $told " in *" $id "*) continue ;; esac
  case $id in "" | *[!0-9A-Za-z-]*) continue ;; esac
  told="$told $id"
  [ -f "$dir/versions/$id/bertops-manifest.json" ] || continue
  echo "manifest $id"
  sed 's/^/m /' "$dir/versions/$id/bertops-manifest.json"
  echo
done
echo end
set -- "$dir" "$3"
`}${RECEIVE}`;
