/**
 * The text of a program inside an instance that asks the sandbox to do what its own name says (`mount`, `dnf`): plain sh,
 * because a script calls a dozen of them. The call goes as a file of NUL-separated words, its number down a pipe; what
 * comes back line by line is `o` for stdout, `e` for stderr, `x` for the exit code, `r` for "run this program instead".
 * `prefix` is the instance's root where there is no namespace, else empty.
 */
export function callProgram(prefix: string): string {
  return `#!/bin/sh
run='${prefix}/run/sandbox'
call="$run/calls/$$"
umask 077
mkfifo "$call" 2>/dev/null || { rm -f "$call"; mkfifo "$call"; } || exit 71
printf '%s\\0' "\${0##*/}" "\${SANDBOX_USER-}" "$PWD" "$@" >"$call.words"
echo "$$" >"$run/control"
status=70
real=
while IFS= read -r line; do
  case $line in
    o*) printf '%s\\n' "\${line#?}" ;;
    e*) printf '%s\\n' "\${line#?}" >&2 ;;
    x*) status=\${line#?} ;;
    r*) real=\${line#?} ;;
  esac
done <"$call"
[ -z "$real" ] || exec "$real" "$@"
exit "$status"
`;
}
