#!/bin/bash
# What a move is compared with: a checkpoint and a restore of one process on one node, by CRIU's own commands.
#   by-hand.sh CRIU PID DIRECTORY    prints: microseconds of the dump, microseconds of the restore, bytes of the images
set -eu
export LC_ALL=C
criu=$1 pid=$2 images=$3
flags=(-D "$images" -v2 --cpu-cap=ins --manage-cgroups=ignore --file-locks)
rm -rf "$images"
mkdir -p "$images"

begun=${EPOCHREALTIME/./}
"$criu" dump -t "$pid" -o dump.log "${flags[@]}" --ghost-limit 64M >&2 || { tail -5 "$images/dump.log" >&2; exit 1; }
dumped=${EPOCHREALTIME/./}
# Its id is free once its parent has taken note of its end.
while kill -0 "$pid" 2>/dev/null; do sleep 0.002; done
free=${EPOCHREALTIME/./}
"$criu" restore -d -o restore.log "${flags[@]}" >&2 || { tail -5 "$images/restore.log" >&2; exit 1; }
restored=${EPOCHREALTIME/./}

echo "$((dumped - begun)) $((restored - free)) $(du -sb --exclude='*.log' "$images" | cut -f1)"
rm -rf "$images"
