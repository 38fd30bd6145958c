/** The text of `install` where one real uid stands behind all user names: the real one without its `-o` and `-g`. */
export const INSTALL_PROGRAM = `#!/bin/sh
count=$#
while [ "$count" -gt 0 ]; do
  word=$1; shift; count=$((count - 1))
  case $word in
    -o | -g | --owner | --group) shift; count=$((count - 1)) ;;
    -o?* | -g?* | --owner=* | --group=*) : ;;
    *) set -- "$@" "$word" ;;
  esac
done
for real in /usr/bin/install /bin/install /usr/local/bin/install; do
  [ ! -x "$real" ] || exec "$real" "$@"
done
echo "install: command not found" >&2
exit 127
`;
