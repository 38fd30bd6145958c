#!/usr/bin/env bash
# The tarball that would be published: it holds what it needs and nothing else, and runs outside the checkout.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
npm pack --pack-destination "$work" --json >"$work/pack.json" 2>"$work/pack.log" || { cat "$work/pack.log"; exit 1; }
tarball=$(echo "$work"/*.tgz)
tar -tzf "$tarball" | sort >"$work/files"

unexpected=$(grep -vE '^package/(package\.json|README\.md|LICENSE|CHANGELOG\.md|bin/bertops\.js|dist/.+\.(js|py|sh)|models/demo/.+|templates/similarity/.+)$' "$work/files" || true)
if [ -n "$unexpected" ]; then
  echo "the package holds files that it does not need:"
  echo "$unexpected"
  exit 1
fi
if grep -E 'node_modules|\.test\.|\.d\.ts$|\.map$' "$work/files"; then
  echo "the package holds files of the workshop"
  exit 1
fi
for needed in models/demo/vocab.txt bin/bertops.js dist/main.js dist/sandbox/process.js templates/similarity/server.js templates/similarity/npmrc templates/similarity/.platform/nginx/conf.d/bertops.conf; do
  grep -qx "package/$needed" "$work/files" || { echo "the package lacks $needed"; exit 1; }
done

mkdir "$work/elsewhere"
cd "$work/elsewhere"
npm init -y >/dev/null 2>&1
npm install --no-audit --no-fund --loglevel=error "$tarball"
if [ -e node_modules/onnxruntime-node ]; then
  echo "installing the CLI alone must not bring onnxruntime-node"
  exit 1
fi
npx bertops --version
npx bertops --help >/dev/null
env -u AWS_PROFILE HOME="$work/home" npx bertops init demo --scaffold-only
test -f demo/bertops.yaml && test -f demo/app/package.json
echo "package: $(du -k "$tarball" | cut -f1) kB packed, $(wc -l <"$work/files") files"
