#!/usr/bin/env bash
# What differs for somebody who is not root: the tests of instances and of places that cannot be written, and the README's
# first command in both isolations that such a person can have.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "$(id -u)" != 0 ]; then
  echo "not root: npm run quickstart is already what an ordinary user runs"
  exit 0
fi
user=bertops-guest
id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$user"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
node=$(node -p process.execPath)
# The checkout may lie where only root can read, and Node.js too: the guest gets copies of both.
cp -a "$root" "$work/bertops"
if ! runuser -u "$user" -- "$node" -e 0 2>/dev/null; then
  cp "$node" "$work/node"
  node=$work/node
fi
chown -R "$user" "$work"
as_guest() {
  runuser -u "$user" -- env -i HOME="$(getent passwd "$user" | cut -d: -f6)" PATH="$(dirname "$node"):/usr/bin:/bin" "$@"
}
(cd "$work/bertops" && as_guest "$node" node_modules/vitest/vitest.mjs run test/sandbox/hosts test/model/prepared-directory.test.ts)
for isolation in user-namespaces prefix; do
  echo "-- isolation: $isolation"
  as_guest BERTOPS_SANDBOX_ISOLATION="$isolation" "$node" "$work/bertops/bin/bertops.js" quickstart
done
