/**
 * Makes room for an upload. Arguments: root, model, version. Input, one a line: `d DIRECTORY`, or `l FROM` and
 * then `t TO`: FROM below the model's directory is linked, or where that is not allowed copied, to TO. What was copied is
 * printed as `copied TO`, what could not be had as `failed TO`.
 */
export const PREPARE = String.raw`
umask 022
dir=$1/$2
to="$dir/.incoming/$3"
mkdir -p "$to" || exit 4
while IFS= read -r line; do
  value=${"$"}{line#??}
  case $line in
    d*) mkdir -p "$to/$value" || exit 4 ;;
    l*) from=$dir/$value ;;
    t*)
      [ ! -e "$to/$value" ] || rm -f "$to/$value"
      if ln "$from" "$to/$value" 2>/dev/null; then :; elif cp "$from" "$to/$value" 2>/dev/null; then
        echo "copied $value"
      else
        rm -f "$to/$value"
        echo "failed $value"
      fi ;;
  esac
done
`;

/** Removes files of an upload. Arguments: root, model, version. Input: one path a line. */
export const DISCARD = String.raw`
cd "$1/$2/.incoming/$3" || exit 4
while IFS= read -r path; do rm -f "./$path"; done
`;
