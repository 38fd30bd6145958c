/** What the mounted file system needs before a model can go there: it takes writes, the store's directory and its owner, read-ahead. */
export const STORE = String.raw`
probe() { # writes and reads a file, so that a mount that only looks right is found out
  probe_file="$STORE/.bertops-probe.$(hostname 2>/dev/null || echo host).$$"
  token="bertops $$ $(now)"
  expected=$(printf '%s\n%s' "$token" "$token")
  answer=$(printf '%s\n' "$token" | bounded 20 tee "$probe_file" 2>&1 && bounded 10 cat "$probe_file" 2>&1)
  code=$?
  bounded 10 rm -f "$probe_file" >/dev/null 2>&1
  if [ "$code" -ne 0 ] || [ "$answer" != "$expected" ]; then
    fail probe 50 not-writable "a file written to $MODELS_ROOT could not be read back: $(last_words "$answer")" \
      "See the file system's policy and the access point's user; the root user must be allowed to write."
  fi
  say probe ok "wrote and read a file in $MODELS_ROOT"
}

store() {
  STORE_STATE=unchanged
  if ! bounded 10 ls -d "$STORE/." >/dev/null 2>&1; then
    output=$(bounded 10 mkdir -p "$STORE" 2>&1) || fail store 70 no-store "cannot create $MODELS_ROOT: $(last_words "$output")" \
      "See the file system's policy and the access point's user; the root user must be allowed to write."
    STORE_STATE=created
  fi
  if id "$OWNER" >/dev/null 2>&1; then
    owner=$OWNER
    if id "$GROUP" >/dev/null 2>&1; then owner=$OWNER:$GROUP; fi
    # An access point forbids chown: what counts is that the login user can write, which bertops asks that user afterwards.
    bounded 10 chown "$owner" "$STORE" >/dev/null 2>&1 || say store note "the owner of $MODELS_ROOT stays as it is"
  else
    say store note "no user $OWNER on this host; the owner of $MODELS_ROOT stays as it is"
  fi
  bounded 10 chmod 2755 "$STORE" >/dev/null 2>&1
  if [ "$STORE_STATE" = created ]; then say store ok "$MODELS_ROOT"; else say store unchanged "$MODELS_ROOT"; fi
}

read_ahead() { # a plain NFS mount reads 128 KiB ahead; weights want 15 MiB
  case $TYPE in nfs4 | nfs) ;; *) return 0 ;; esac
  number=$(awk -v at="$MOUNT_POINT" '$5 == at && / - nfs4? / { n = $3 } END { print n }' "$ROOT_PREFIX/proc/self/mountinfo" 2>/dev/null)
  setting="$ROOT_PREFIX/sys/class/bdi/$number/read_ahead_kb"
  if [ -z "$number" ] || [ ! -w "$setting" ]; then return 0; fi
  if [ "$(cat "$setting")" -lt 15360 ] && echo 15360 2>/dev/null >"$setting"; then
    say read-ahead ok "15360 KiB"
  fi
}
`;
