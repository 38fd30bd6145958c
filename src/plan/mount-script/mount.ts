/** The mount itself: bounded, repeated only where waiting can help, every failure of the helper known by its words. */
export const MOUNT = String.raw`
options() { # EXTRA: the options of the mount, and with EXTRA those of its line in fstab
  if [ "$KIND" = nfs4 ]; then
    list=nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport,_netdev
  else
    list=_netdev,noresvport,tls
    [ "$IAM" != yes ] || list=$list,iam
    [ -z "$ACCESS_POINT" ] || list=$list,accesspoint=$ACCESS_POINT
    [ -z "$MOUNT_TARGET_IP" ] || list=$list,mounttargetip=$MOUNT_TARGET_IP
  fi
  printf '%s%s' "$list" "$1"
}

device() {
  if [ "$KIND" != nfs4 ]; then
    printf '%s:/' "$FILE_SYSTEM"
  elif [ -n "$MOUNT_TARGET_IP" ]; then
    printf '%s:/' "$MOUNT_TARGET_IP"
  else
    printf '%s.efs.%s.amazonaws.com:/' "$FILE_SYSTEM" "$REGION"
  fi
}

explain() { # CODE OUTPUT: sets WHY REMEDY EXIT and AGAIN (yes where time may mend it)
  AGAIN=no EXIT=40 WHY=mount-failed
  REMEDY="See /var/log/amazon/efs/mount.log on the host."
  case $2 in
    *'Failed to resolve'* | *'Name or service not known'* | *'Temporary failure in name resolution'*)
      AGAIN=yes EXIT=30 WHY=no-dns
      REMEDY="Check the file system's id, that it has a mount target in this instance's zone, and that the VPC has DNS support and DNS hostnames." ;;
    *'timeout'* | *'timed out'* | *'Connection refused'* | *'No route to host'*)
      AGAIN=yes EXIT=31 WHY=unreachable
      REMEDY="Let the instances' security group into the mount targets' security group on port 2049." ;;
    *'Access Key ID and Secret Access Key are not found'*)
      EXIT=44 WHY=no-instance-credentials
      REMEDY="Give the instances an instance profile with elasticfilesystem:ClientMount, or mount without iam." ;;
    *'access denied'* | *'Permission denied'* | *'Operation not permitted'*)
      EXIT=46 WHY=denied
      REMEDY="Check the file system's policy and the instance profile." ;;
    *'unknown filesystem type'*)
      EXIT=20 WHY=no-package
      REMEDY="Install amazon-efs-utils on the host." ;;
    *'reason given by server'*)
      EXIT=45 WHY=no-directory
      REMEDY="The directory that is mounted does not exist on the file system." ;;
  esac
  if [ "$1" -eq 124 ] || [ "$1" -eq 142 ]; then
    EXIT=31 WHY=unreachable AGAIN=yes
    REMEDY="Let the instances' security group into the mount targets' security group on port 2049."
  fi
}

mount_now() {
  if ! bounded 5 ls -d "$POINT" >/dev/null 2>&1; then
    mkdir -p "$POINT" || fail mount 41 no-mount-point "cannot create $MOUNT_POINT" "Create it by hand."
    DID_MKDIR=yes
  elif [ -n "$(bounded 5 ls -A "$POINT" 2>/dev/null)" ]; then
    say mount note "$MOUNT_POINT has files on the host's own disk; the mount hides them"
  fi
  told=no
  while :; do
    output=$(bounded "$MOUNT_LIMIT" mount -t "$KIND" -o "$(options '')" "$(device)" "$MOUNT_POINT" 2>&1 </dev/null)
    code=$?
    [ "$code" -ne 0 ] || break
    explain "$code" "$output"
    if [ "$AGAIN" != yes ] || [ "$(now)" -ge "$DEADLINE" ]; then
      fail mount "$EXIT" "$WHY" "mount ended with $code: $(last_words "$output")" "$REMEDY"
    fi
    [ "$told" = yes ] || say mount waiting "$(last_words "$output")"
    told=yes
    sleep "$PAUSE"
  done
  DID_MOUNT=yes
}

same_file_system() { # after look: refuses what is not ours
  [ "$MOUNTED_ID" = "$FILE_SYSTEM" ] && return 0
  DID_MOUNT=no # whatever is there now, it is not for us to take away
  if [ -n "$MOUNTED_ID" ]; then
    fail mount 11 other-file-system "$MOUNTED_ID is mounted at $MOUNT_POINT, not $FILE_SYSTEM" \
      "Unmount it first, or choose another mount point."
  fi
  fail mount 12 unknown-file-system "$SOURCE ($TYPE) is mounted at $MOUNT_POINT, and no state file says that it is $FILE_SYSTEM" \
    "Unmount it first, or choose another mount point."
}
`;
