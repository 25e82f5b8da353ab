#!/bin/bash
# Runs a command inside a lab node: all of its namespaces, a session of its own (CRIU wants the session leader inside
# the node), standard streams passed on, signals passed on, exit status returned.
#   node-enter.sh INIT_PID WORKING_DIRECTORY NAME=VALUE... -- COMMAND...
init=$1 directory=$2
shift 2
environment=()
while [[ $1 != -- ]]; do environment+=("$1"); shift; done
shift

# Opens standard streams again inside the node where they are files that the node has, too (/dev/null, a log in the
# checkout): CRIU cannot name a file that was opened through a mount of the host's.
reopen='
  for fd in 0 1 2; do
    file=$(readlink /proc/$$/fd/$fd)
    [[ $file == /* && -e $file && ! -t $fd && $(stat -Lc %d:%i /proc/$$/fd/$fd) == "$(stat -c %d:%i "$file")" ]] || continue
    if [[ $fd == 0 ]]; then
      # Only from the start: what was read of it stays read.
      ! grep -q "^pos:[[:space:]]*0$" /proc/$$/fdinfo/0 || exec <"$file"
    else
      eval "exec $fd>>\"\$file\""
    fi
  done
  exec "$@"'

# A background job of a shell without job control ignores INT and QUIT, so Ctrl-C spares nsenter; env undoes that for
# the command itself.
nsenter --target "$init" --mount --uts --ipc --net --pid -- \
  env --chdir="$directory" --default-signal=INT,QUIT "${environment[@]}" setsid /bin/bash -c "$reopen" bash "$@" <&0 &
entered=$!
# From here on this shell has nothing to say, above all not "Killed".
exec 2>/dev/null

pass() {
  local child
  for child in $(cat "/proc/$entered/task/$entered/children"); do kill "-$1" "$child"; done
}
for signal in TERM INT HUP QUIT USR1 USR2; do trap "pass $signal" "$signal"; done
while :; do
  wait "$entered"
  status=$?
  kill -0 "$entered" || exit "$status"
done
