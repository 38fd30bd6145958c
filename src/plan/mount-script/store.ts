/**
 * What the mounted file system needs before a model can go there: the store's directory, which the login user writes
 * and the service's user reads, and proof that a file that is written can be read.
 */
export const STORE = String.raw`
probe() { # writes and reads a file, so that a mount that only looks right is found out
  probe_file="$STORE/.bertops-probe.$(hostname 2>/dev/null || echo host).$$"
  token="bertops $$ $(now)"
  expected=$(printf '%s\n%s' "$token" "$token")
  answer=$(printf '%s\n' "$token" | bounded "$((ANSWER * 2))" tee "$probe_file" 2>&1 && bounded "$ANSWER" cat "$probe_file" 2>&1 </dev/null)
  code=$?
  bounded "$ANSWER" rm -f "$probe_file" >/dev/null 2>&1
  if [ "$code" -ne 0 ] || [ "$answer" != "$expected" ]; then
    fail probe not-writable "a file written to $MODELS_ROOT could not be read back: $(last_words "$answer")"
  fi
  say probe ok "wrote and read a file in $MODELS_ROOT"
}

user_may() { # USER TEST...: does this test of the store hold for this user? Yes, too, where nothing can tell
  id "$1" >/dev/null 2>&1 || return 0
  user=$1
  shift
  for each in "$@"; do
    if command -v runuser >/dev/null 2>&1; then
      bounded "$ANSWER" runuser -u "$user" -- test "$each" "$STORE" >/dev/null 2>&1 </dev/null || return 1
    elif command -v su >/dev/null 2>&1; then
      bounded "$ANSWER" su -s /bin/sh "$user" -c "test $each '$STORE'" >/dev/null 2>&1 </dev/null || return 1
    fi
  done
}

store_fits() { user_may "$OWNER" -w -x && user_may "$GROUP" -r -x; }

store() {
  STORE_STATE=unchanged
  if ! bounded "$ANSWER" ls -d "$STORE/." >/dev/null 2>&1; then
    output=$(bounded "$ANSWER" mkdir -p "$STORE" 2>&1 </dev/null) || fail store no-store "cannot create $MODELS_ROOT: $(last_words "$output")"
    STORE_STATE=created
  fi
  if [ "$STORE_STATE" = created ] || ! store_fits; then
    if id "$OWNER" >/dev/null 2>&1; then
      owner=$OWNER
      if id "$GROUP" >/dev/null 2>&1; then owner=$OWNER:$GROUP; fi
      # An access point forbids chown: what counts is who can write and read, which is asked below.
      bounded "$ANSWER" chown "$owner" "$STORE" >/dev/null 2>&1 || say store note "the owner of $MODELS_ROOT stays as it is"
    else
      say store note "no user $OWNER on this host; the owner of $MODELS_ROOT stays as it is"
    fi
    bounded "$ANSWER" chmod 2755 "$STORE" >/dev/null 2>&1
  fi
  case $(bounded "$ANSWER" ls -ld "$STORE" 2>/dev/null) in
    d???????w*) bounded "$ANSWER" chmod o-w "$STORE" >/dev/null 2>&1 && say store note "everybody could write $MODELS_ROOT; no more" ;;
  esac
  user_may "$OWNER" -w -x || fail store store-not-writable "$OWNER may not write $MODELS_ROOT"
  user_may "$GROUP" -r -x || fail store store-not-readable "$GROUP may not read $MODELS_ROOT"
  if [ "$STORE_STATE" = created ]; then say store ok "$MODELS_ROOT"; else say store unchanged "$MODELS_ROOT"; fi
}
`;
