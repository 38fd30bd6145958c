/** The mount helper: is it there, and how it is installed. Package managers wait for their own locks, and are asked thrice. */
export const INSTALL = String.raw`
helper_present() {
  if [ "$KIND" = nfs4 ]; then program=mount.nfs4; else program=mount.efs; fi
  [ -x "$ROOT_PREFIX/sbin/$program" ] || [ -x "$ROOT_PREFIX/usr/sbin/$program" ] || command -v "$program" >/dev/null 2>&1
}

install_package() { # PACKAGE-ON-RPM-HOSTS PACKAGE-ON-DEBIAN-HOSTS
  if command -v dnf >/dev/null 2>&1; then
    bounded 300 dnf install -y -q "$1"
  elif command -v yum >/dev/null 2>&1; then
    bounded 300 yum install -y -q "$1"
  elif command -v apt-get >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive bounded 300 apt-get -q -o DPkg::Lock::Timeout=120 install -y "$2"
  elif command -v zypper >/dev/null 2>&1; then
    bounded 300 zypper --non-interactive install "$2"
  else
    return 99
  fi
}

install() {
  if [ "$KIND" = nfs4 ]; then rpm=nfs-utils deb=nfs-common; else rpm=amazon-efs-utils deb=amazon-efs-utils; fi
  if helper_present; then
    say install unchanged "$rpm is installed"
    return 0
  fi
  say install started "installing $rpm"
  attempt=1
  while :; do
    output=$(install_package "$rpm" "$deb" 2>&1 </dev/null)
    code=$?
    if [ "$code" -eq 0 ] && helper_present; then
      say install ok "$rpm"
      return 0
    fi
    [ "$code" -ne 99 ] || fail install 22 no-package-manager "no dnf, yum, apt-get or zypper on this host" \
      "Install $rpm by hand, then run the same command again."
    case $output in
      *'Unable to find a match'* | *'No package'* | *'Unable to locate package'*)
        fail install 20 no-package "this host's repositories have no $rpm: $(last_words "$output")" \
          "Install it from github.com/aws/efs-utils, or mount with plain NFS (--plain-nfs, no encryption in transit)." ;;
    esac
    [ "$attempt" -lt 3 ] || break
    attempt=$((attempt + 1))
    sleep "$PAUSE"
  done
  fail install 21 install-failed "$rpm could not be installed ($code): $(last_words "$output")" \
    "Check that the host reaches its package repositories, then run the same command again."
}
`;
