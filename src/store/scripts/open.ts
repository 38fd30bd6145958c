import { MARK } from "../host.ts";
import { TAKE_LOCK } from "./lock.ts";
import { RECEIVE } from "./receive.ts";
import { FACTS } from "./survey.ts";

/**
 * Begins a push with one program, since each one more takes two round trips: looks at the store, takes the model's lock, tells
 * what the versions have that are worth comparing with, and goes on as {@link RECEIVE}. Arguments: root, model, the lock's token,
 * what the lock says, the 8 hex digits of the content, or nothing where they are not known, and the versions whose manifests
 * need not be told. The program that receives starts meanwhile, and says that it is there when all this was said.
 *
 * Prints the facts of a survey; `alike ID HASH` for each version that may have just this content, in which case no lock is
 * taken; `lock ANSWER` with each line of {@link LOCK}'s answer; `manifest ID`, and its lines after `m `, or `same ID HASH BYTES`
 * of one that need not be told; `end`. Who did not get the
 * lock has nothing to send.
 */
export const OPEN = `echo ${MARK}
(${FACTS}${TAKE_LOCK}${String.raw`
umask 022
[ "$writable" = yes ] || { echo end; exit 0; }
content_of() { head -c 1000 "$1" | sed -n 's/.*"content":"\([0-9a-f]\{64\}\)".*/\1/p'; }
alike=
for at in "$dir"/versions/*-"$5"; do
  [ -f "$at/bertops-manifest.json" ] || continue
  alike=yes
  echo "alike ${"$"}{at##*/} $(content_of "$at/bertops-manifest.json")"
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
  at=$dir/versions/$id/bertops-manifest.json
  [ -f "$at" ] || continue
  case " $6 " in *" $id "*)
    echo "same $id $(content_of "$at") $(wc -c <"$at" | tr -d ' ')"
    continue ;;
  esac
  echo "manifest $id"
  sed 's/^/m /' "$at"
  echo
done
echo end
) &
set -- "$1/$2" "$3"
`}${RECEIVE}`;
