/** How sudo becomes another user. */
export interface SudoMeans {
  /** The instance's root where there is no namespace, else empty. */
  readonly prefix: string;
  /** Does each user name stand for a uid of its own? */
  readonly realUsers: boolean;
}

/** The text of `sudo` inside an instance: no password for wheel's members, and a refusal for everybody else. */
export function sudoProgram({ prefix, realUsers }: SudoMeans): string {
  const may = realUsers
    ? `[ -x /opt/sandbox/libexec/as ]`
    : `case \${SANDBOX_USER-root} in root | ec2-user) : ;; *) false ;; esac`;
  const become = realUsers ? `/opt/sandbox/libexec/as --reuid="$uid" --regid="$gid" --init-groups -- ` : "";
  const kept =
    prefix === "" ? "" : ` ROOT_PREFIX="$ROOT_PREFIX" SANDBOX_ROOT="$SANDBOX_ROOT" TMPDIR="$TMPDIR"`;
  return `#!/bin/sh
user=root keep= shell= login=
while [ $# -gt 0 ]; do
  case $1 in
    -u | --user | -g | --group | -p | --prompt | -C | -h | --host | -D | --chdir)
      [ $# -gt 1 ] || { echo "sudo: option requires an argument -- '\${1#-}'" >&2; exit 1; }
      case $1 in
        -u | --user) user=$2 ;;
        -D | --chdir) cd -- "$2" || exit 1 ;;
      esac
      shift 2 ;;
    --user=*) user=\${1#*=}; shift ;;
    -u?*) user=\${1#-u}; shift ;;
    --preserve-env*) keep=1; shift ;;
    --non-interactive | --set-home | --stdin | --background) shift ;;
    -l | -v | --list | --validate) shell=check; shift ;;
    -k | -K) shell=forget; shift ;;
    -V | --version) echo "Sudo version 1.9.15"; exit 0 ;;
    --) shift; break ;;
    --*) echo "sudo: unrecognized option '$1'" >&2; exit 1 ;;
    -?*)
      # A cluster of flags; the last may be u with its argument in the next word.
      flags=\${1#-}; shift
      while [ -n "$flags" ]; do
        rest=\${flags#?}; flag=\${flags%"$rest"}; flags=$rest
        case $flag in
          n | H | S | b | P | A | B) : ;;
          E) keep=1 ;;
          i) login=1; shell=1 ;;
          s) shell=1 ;;
          k | K) [ $# -gt 0 ] || shell=forget ;;
          l | v) shell=check ;;
          u) if [ -n "$flags" ]; then user=$flags flags=; else user=$1; shift; fi ;;
          *) echo "sudo: invalid option -- '$flag'" >&2; exit 1 ;;
        esac
      done ;;
    *) break ;;
  esac
done
[ "$shell" != forget ] || exit 0
${may} || { echo "sudo: a password is required" >&2; exit 1; }
[ "$shell" != check ] || exit 0
uid=
while IFS=: read -r name _ id group _ place program; do
  if [ "$name" = "\${user#"#"}" ] || [ "#$id" = "$user" ]; then
    user=$name uid=$id gid=$group home=$place own=$program
  fi
done <'${prefix}/etc/passwd'
[ -n "$uid" ] || { echo "sudo: unknown user $user" >&2; echo "sudo: error initializing audit plugin sudoers_audit" >&2; exit 1; }
home="${prefix}$home"
case $own in */nologin) own=/bin/sh ;; esac
if [ -n "$shell" ]; then
  [ -x "$own" ] || own=/bin/sh
  [ -z "$login" ] || cd -- "$home" || exit 1
  if [ $# -gt 0 ]; then set -- "$own" -c "$*"; else set -- "$own"; fi
elif [ $# -eq 0 ]; then
  echo "usage: sudo [-nEHi] [-u user] command [arg ...]" >&2
  exit 1
else
  case $1 in
    *=*) : ;;
    *) command -v -- "$1" >/dev/null || { echo "sudo: $1: command not found" >&2; exit 1; } ;;
  esac
fi
set -- HOME="$home" USER="$user" LOGNAME="$user" SHELL="$own" SANDBOX_USER="$user" SUDO_USER="\${SANDBOX_USER-root}" "$@"
[ -z "$keep" ] || exec ${become}env "$@"
exec ${become}env -i PATH="$PATH" LANG="\${LANG-C.UTF-8}" TERM="\${TERM-dumb}"${kept} "$@"
`;
}

/** The text of \`su\` and \`runuser\`: what root uses to become a user, here by way of sudo. */
export function suProgram(): string {
  return `#!/bin/sh
me=\${0##*/} user= login= command= shell=/bin/sh
if [ "\${SANDBOX_USER-root}" != root ]; then
  [ "$me" = su ] && echo "su: Authentication failure" >&2 || echo "$me: may not be used by non-root users" >&2
  exit 1
fi
while [ $# -gt 0 ]; do
  case $1 in
    - | -l | --login) login=-i; shift ;;
    -u | --user) user=$2; shift 2 ;;
    -c | --command) command=$2; shift 2 ;;
    --command=*) command=\${1#*=}; shift ;;
    -s | --shell) shell=$2; shift 2 ;;
    -m | -p | -f) shift ;;
    --) shift; break ;;
    -*) echo "$me: invalid option -- '\${1#-}'" >&2; exit 1 ;;
    *) if [ -z "$user" ]; then user=$1; shift; else break; fi ;;
  esac
done
[ -n "$user" ] || user=root
[ -z "$command" ] || exec sudo \${login:+-D ~"$user"} -u "$user" -- "$shell" -c "$command" "$@"
[ $# -gt 0 ] && exec sudo -u "$user" -- "$@"
exec sudo $login -s -u "$user"
`;
}
