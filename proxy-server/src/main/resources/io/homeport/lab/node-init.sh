#!/bin/bash
# PID 1 of a lab node: makes the node's own mounts, says so, then adopts and buries orphans until the lab ends.
# Started by `unshare` in fresh mount, pid, uts, ipc and net namespaces:  node-init.sh NODE STATE_DIR [DIR_TO_KEEP...]
set -eu
node=$1 state=$2
shift 2

# Private, not slave: CRIU refuses mounts that share with a namespace it cannot see.
mount --make-rprivate /
hostname "$node"

# Hold what would vanish under the fresh tmpfs mounts (the lab's own state, a checkout in /tmp) by an open directory.
declare -A held
for directory in "$state" "$@"; do
  exec {fd}<"$directory"
  held[$directory]=$fd
done
fresh() { [[ ! -d $2 ]] || mount -t tmpfs -o "mode=$1" homeport "$2"; }
fresh 1777 /tmp
fresh 0755 /run
fresh 1777 /var/tmp
fresh 1777 /dev/shm
for directory in "${!held[@]}"; do
  fd=${held[$directory]}
  mkdir -p "$directory"
  mount --no-canonicalize --bind "/proc/self/fd/$fd" "$directory"
  exec {fd}<&-
done
mkdir -p /run/lock /run/homeport
mount -t proc -o nosuid,nodev,noexec proc /proc
mount --bind "$state/hosts" /etc/hosts
: >"$state/ready"

# bash waits for every child it has, adopted ones too. TERM and INT do nothing: a lab ends by killing PID 1.
trap : TERM INT HUP
# A test may have its own PID 1 here (systemd, say): it writes $state/init and sends USR1.
trap 'exec /bin/bash "$state/init" "$state"' USR1
while :; do
  sleep infinity &
  wait $! || :
done
