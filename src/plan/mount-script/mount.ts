/** The mount itself: bounded, repeated only where waiting can help, every failure of the helper known by its words. */
export const MOUNT = String.raw`
options() { # EXTRA: the options of the mount, and with EXTRA those of its line in fstab
  case $KIND in
    nfs4) list=nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport,_netdev ;;
    s3files) list=_netdev,noresvport ;;
    *) list=_netdev,noresvport,tls ;;
  esac
  if [ "$KIND" != nfs4 ]; then
    # S3 Files always mount with TLS and IAM.
    if [ "$IAM" = yes ] && [ "$KIND" = efs ]; then list=$list,iam; fi
    [ -z "$ACCESS_POINT" ] || list=$list,accesspoint=$ACCESS_POINT
    [ -z "$MOUNT_TARGET_IP" ] || list=$list,mounttargetip=$MOUNT_TARGET_IP
    [ "$NAME_REGION" != yes ] || list=$list,region=$REGION
  fi
  printf '%s%s' "$list" "$1"
}

device() {
  if [ "$KIND" != nfs4 ]; then
    printf '%s:/' "$FILE_SYSTEM"
  elif [ -n "$MOUNT_TARGET_IP" ]; then
    printf '%s:/' "$MOUNT_TARGET_IP"
  else
    printf '%s:/' "$(dns_name)"
  fi
}

explain() { # CODE OUTPUT: sets WHY and AGAIN (yes where time may mend it)
  AGAIN=no WHY=mount-failed
  case $2 in
    *'Failed to resolve'* | *'Name or service not known'* | *'Temporary failure in name resolution'*) WHY=no-dns AGAIN=yes ;;
    *'stunnel'*'o such file'* | *'o such file'*'stunnel'* | *'install stunnel'* | *'stunnel'*'not found'*) WHY=no-stunnel ;;
    *'timeout'* | *'timed out'* | *'Connection refused'* | *'No route to host'* | *'reset by peer'*) WHY=unreachable AGAIN=yes ;;
    *'retrieving region'* | *'region" parameter'*) WHY=no-region ;;
    *'Access Key ID and Secret Access Key are not found'*) WHY=no-instance-credentials ;;
    *'The "tls" option is required'*) WHY=iam-needs-tls ;;
    *'reason given by server'*) WHY=no-directory ;;
    *'access denied'* | *'ccess'*'enied'* | *'Permission denied'* | *'Operation not permitted'*) WHY=denied ;;
    *"unknown filesystem type 'efs'"* | *"unknown filesystem type 's3files'"*) WHY=no-package ;;
    *'unknown filesystem type'* | *'No such device'* | *'Protocol not supported'*) WHY=no-nfs ;;
    *'mount point'*'does not exist'*) WHY=no-mount-point ;;
  esac
  if [ "$1" -eq 124 ]; then WHY=unreachable AGAIN=yes; fi
}

make_mount_point() {
  if ! bounded 5 ls -d "$POINT" >/dev/null 2>&1; then
    bounded 5 mkdir -p "$POINT" 2>/dev/null || fail mount no-mount-point "cannot create $MOUNT_POINT"
    DID_MKDIR=yes
  elif [ -n "$(bounded 5 ls -A "$POINT" 2>/dev/null)" ]; then
    say mount note "$MOUNT_POINT has files on the host's own disk; the mount hides them"
  fi
}

mount_now() {
  make_mount_point
  told=no stunnel=no
  while :; do
    began=$(now)
    captured bounded "$MOUNT_LIMIT" mount -t "$KIND" -o "$(options '')" "$(device)" "$MOUNT_POINT"
    code=$?
    [ "$code" -ne 0 ] || break
    explain "$code" "$OUTPUT"
    if [ "$WHY" = no-region ] && [ -n "$REGION" ] && [ "$NAME_REGION" = no ]; then NAME_REGION=yes; continue; fi
    if [ "$WHY" = no-stunnel ] && [ "$stunnel" = no ]; then stunnel=yes; install_stunnel && continue; fi
    if [ "$(now)" -ge "$END" ]; then
      fail mount out-of-time "$FILE_SYSTEM could not be mounted in the time given: $(last_words "$OUTPUT")"
    fi
    # Another pause and try must fit in the time that is left to wait: the reason is told within it.
    again_ends=$(($(now) + PAUSE + $(now) - began))
    if [ "$AGAIN" != yes ] || [ "$again_ends" -ge "$DEADLINE" ]; then
      DID_MOUNT=no
      look
      if [ "$code" -eq 124 ]; then
        # Killed in the middle, it may have mounted all the same.
        [ -z "$SOURCE" ] || DID_MOUNT=yes
      elif [ "$MOUNTED_ID" = "$FILE_SYSTEM" ]; then
        say mount note "something else mounted $FILE_SYSTEM at the same moment, as systemd does at boot"
        return 0
      fi
      fail mount "$WHY" "mount ended with $code: $(last_words "$OUTPUT")"
    fi
    [ "$told" = yes ] || say mount waiting "$(last_words "$OUTPUT")"
    told=yes
    sleep "$PAUSE"
  done
  DID_MOUNT=yes
}
`;
