/**
 * Ends every process whose environment says that it belongs under the directory `$REAP` (SANDBOX_ROOT, which `prefix`
 * sets), however far it has run from the process group that it was started in. Reads /proc, or `ps` where there is none.
 */
export const REAP_SCRIPT = `
round=0
while [ "$round" -lt 40 ]; do
  if [ -r /proc/self/environ ]; then
    pids=$(grep -lsF -- "SANDBOX_ROOT=$REAP" /proc/[0-9]*/environ | cut -d/ -f3)
  else
    pids=$(ps -E -ww -axo pid=,command= | awk 'index($0, "SANDBOX_" "ROOT=" ENVIRON["REAP"]) { print $1 }')
  fi
  [ -n "$pids" ] || break
  kill -9 $pids 2>/dev/null
  round=$((round + 1))
  sleep 0.05
done
`;
