#!/bin/bash
# What a move is compared with: a move by hand of one process with its TCP connections, by CRIU's own commands; the address that its
# clients have goes along. Runs on the lab's host.
#   with-its-address.sh CRIU PID ADDRESS SOURCE DESTINATION    the last two: the nodes' first processes, as this host numbers them
#   prints: microseconds for which no node answered for the address, microseconds of the dump, of the restore, bytes of the images
set -eu
export LC_ALL=C
criu=$1 pid=$2 address=$3 source=$4 destination=$5

within() {
  local init=$1
  shift
  nsenter --target "$init" --mount --uts --ipc --net --pid -- "$@" </dev/null
}

# The nodes are on one machine: the dump is written where the destination reads it, and nothing is carried. CRIU gets the directory
# as an open file, because the source cannot name it.
images=/proc/$destination/root/run/bench-address-images
rm -rf "$images"
mkdir -p "$images"
exec {opened}<"$images"
flags=(-D "/proc/self/fd/$opened" -v2 --cpu-cap=ins --manage-cgroups=ignore --file-locks --tcp-established)

# connect(2) takes no source address that the node does not have, not even of a socket under repair, and a packet that comes before
# the sockets are there is answered by a reset. So the destination has the address beforehand, on lo, and tells nobody: neither asked
# (arp_ignore 1) nor when it asks itself, because a socket under repair sends what the old one had not sent (arp_announce 2).
within "$destination" /bin/bash -c 'cd /proc/sys/net/ipv4/conf/eth0 && echo 1 >arp_ignore && echo 2 >arp_announce && echo 1 >arp_notify'
within "$destination" ip address add "$address/32" dev lo
card=$(within "$destination" ip -oneline link show dev eth0)
card=${card##*link/ether }

# Without its address the source neither sends nor answers: that is the lock, and CRIU makes none.
away=${EPOCHREALTIME/./}
within "$source" ip address delete "$address/32" dev eth0
begun=${EPOCHREALTIME/./}
within "$source" "$criu" dump -t "$pid" -o dump.log "${flags[@]}" --network-lock skip >&2 || { tail -5 "$images/dump.log" >&2; exit 1; }
dumped=${EPOCHREALTIME/./}
within "$destination" "$criu" restore -d -o restore.log "${flags[@]}" >&2 || { tail -5 "$images/restore.log" >&2; exit 1; }
restored=${EPOCHREALTIME/./}
# A card that gets its address once more announces all of its IP addresses (arp_notify): the gratuitous ARP.
printf 'address add %s/32 dev eth0\nlink set eth0 address %s\n' "$address" "${card%% *}" |
  nsenter --target "$destination" --net ip -batch -
there=${EPOCHREALTIME/./}

echo "$((there - away)) $((dumped - begun)) $((restored - dumped)) $(du -sb --exclude='*.log' "$images/" | cut -f1)"
within "$destination" ip address delete "$address/32" dev lo
rm -rf "$images"
