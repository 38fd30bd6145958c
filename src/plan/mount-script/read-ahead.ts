/**
 * Read-ahead: since Linux 5.4 NFS reads 128 KiB ahead, which keeps a sequential reader waiting for the network at every
 * turn. 15 x rsize is what kernels did before, and what amazon-efs-utils sets; plain NFS mounts get it from nobody.
 * It never fails a mount.
 */
export const READ_AHEAD = String.raw`
read_ahead_look() { # sets READ_AHEAD: the KiB that are read ahead, or '' where that cannot be told
  READ_AHEAD=''
  number=$(awk -v at="$MOUNT_POINT" '$5 == at && / - nfs4? / { n = $3 } END { print n }' "$ROOT_PREFIX/proc/self/mountinfo" 2>/dev/null)
  setting="$ROOT_PREFIX/sys/class/bdi/$number/read_ahead_kb"
  if [ -z "$number" ] || [ ! -r "$setting" ]; then return 0; fi
  READ_AHEAD=$(cat "$setting" 2>/dev/null)
}

read_ahead() { # raises it, where it is less
  read_ahead_look
  [ "$READ_AHEAD" -lt 15360 ] 2>/dev/null || return 0
  (echo 15360 >"$setting") 2>/dev/null
  READ_AHEAD=$(cat "$setting" 2>/dev/null)
}
`;
