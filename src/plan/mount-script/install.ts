/**
 * The mount helper: is it there, and how it is installed. Package managers wait for their own locks; what may pass
 * is tried again after a pause that doubles. Debian and Ubuntu have no amazon-efs-utils in their archives: there it
 * comes from a file (`--package`), or the mount is plain NFS.
 */
export const INSTALL = String.raw`
program_present() { # PROGRAM
  [ -x "$ROOT_PREFIX/sbin/$1" ] || [ -x "$ROOT_PREFIX/usr/sbin/$1" ] || command -v "$1" >/dev/null 2>&1
}

helper_present() {
  case $KIND in
    nfs4) program_present mount.nfs4 ;;
    *) program_present "mount.$KIND" ;;
  esac
}

package_manager() {
  for each in dnf yum apt-get zypper; do
    if command -v "$each" >/dev/null 2>&1; then printf '%s' "$each"; return 0; fi
  done
}

install_package() { # PACKAGE-OR-FILE
  case $MANAGER in
    dnf | yum) bounded 300 "$MANAGER" install -y -q "$1" ;;
    apt-get) DEBIAN_FRONTEND=noninteractive bounded 300 apt-get -q -o DPkg::Lock::Timeout=120 install -y "$1" ;;
    zypper) ZYPP_LOCK_TIMEOUT=120 bounded 300 zypper --non-interactive --no-gpg-checks install "$1" ;;
  esac
}

try_to_install() { # NAME FILE: three times, where the failure may pass
  say install started "installing $1"
  attempt=1 rest=$PAUSE refreshed=no
  while :; do
    captured install_package "${"$"}{2:-$1}"
    code=$?
    if [ "$code" -eq 0 ]; then return 0; fi
    if [ "$MANAGER" = apt-get ] && [ "$refreshed" = no ]; then
      refreshed=yes # a fresh Debian host has no lists yet
      bounded 120 apt-get -q update >/dev/null 2>&1 </dev/null
      continue
    fi
    unknown_package "$OUTPUT" && return 1
    [ -z "$2" ] || return 1
    [ "$attempt" -lt 3 ] || return 1
    attempt=$((attempt + 1))
    say install waiting "$(last_words "$OUTPUT")"
    sleep "$rest"
    rest=$((rest * 2))
  done
}

unknown_package() { # OUTPUT: does the package manager say that there is no such package?
  case $1 in
    *'Unable to find a match'* | *'No package '* | *'No match for argument'* | *'nable to locate package'* | *'has no installation candidate'* | *'not found in package names'*) return 0 ;;
  esac
  return 1
}

package_name() { # of what brings the mount helper, on this host
  case $KIND:$MANAGER in
    nfs4:apt-get) printf nfs-common ;;
    nfs4:zypper) printf nfs-client ;;
    nfs4:*) printf nfs-utils ;;
    *) printf amazon-efs-utils ;;
  esac
}

cannot_install() { # REASON MESSAGE: fails, or goes on with plain NFS where that is allowed
  if [ "$PLAIN_NFS" != if-needed ] || [ "$KIND" != efs ] || [ "$IAM" = yes ] || [ -n "$ACCESS_POINT" ]; then
    fail install "$1" "$2"
  fi
  say install note "$2"
  say install note "going on with plain NFS, WITHOUT encryption in transit, as --plain-nfs if-needed allows"
  KIND=nfs4
  install
}

install() {
  MANAGER=$(package_manager)
  package=$(package_name)
  if helper_present; then
    say install unchanged "$package is installed"
    return 0
  fi
  if [ -z "$MANAGER" ]; then
    cannot_install no-package-manager "no dnf, yum, apt-get or zypper on this host, and no $package"
    return 0
  fi
  if ! try_to_install "$package" "$PACKAGE"; then
    said=$(last_words "$OUTPUT")
    case $code:$OUTPUT in
      124:*[Ll]ock* | *'another copy is running'* | *'Waiting for process'* | *'another app'* | *'ould not get lock'* | *'System management is locked'*)
        fail install package-manager-busy "$MANAGER is busy with something else: $said" ;;
    esac
    if [ -n "$PACKAGE" ]; then
      fail install bad-package "$(basename "$PACKAGE") could not be installed ($code): $said"
    elif unknown_package "$OUTPUT"; then
      cannot_install no-package "this host's repositories have no $package: $said"
    else
      cannot_install install-failed "$package could not be installed ($code): $said"
    fi
    return 0
  fi
  if ! helper_present; then
    if [ "$KIND" = s3files ] && program_present mount.efs; then
      fail install old-package "the $package that this host can install has no mount.s3files"
    fi
    fail install install-failed "$package was installed, but it brought no mount helper for $KIND: $(last_words "$OUTPUT")"
  fi
  say install ok "$package"
}

install_stunnel() { # amazon-efs-utils 1.x and a 2.0 of the field come without it
  MANAGER=$(package_manager)
  [ -n "$MANAGER" ] || return 1
  for each in stunnel stunnel5 stunnel4; do
    install_package "$each" >/dev/null 2>&1 </dev/null && say install ok "$each" && return 0
  done
  return 1
}
`;
