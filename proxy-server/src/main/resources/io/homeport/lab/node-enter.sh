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

# The shell that waits forks the command itself, because nsenter, had it forked, would stop itself together with a command
# that a move freezes by SIGSTOP (util-linux, continue_as_child in sys-utils/nsenter.c), would never bury it,
# and so would keep the node's PID 1 from ending (zap_pid_ns_processes waits for every zombie of the namespace).
# A background job of a shell without job control ignores INT and QUIT, so Ctrl-C spares the wait; env undoes that for
# the command itself.
wait_for='
  "$@" <&0 &
  entered=$!
  # From here on this shell has nothing to say, above all not "Killed".
  exec 2>/dev/null
  for signal in TERM INT HUP QUIT USR1 USR2; do trap "kill -$signal $entered" "$signal"; done
  while :; do
    wait "$entered"
    status=$?
    kill -0 "$entered" || exit "$status"
  done'

exec nsenter --no-fork --target "$init" --mount --uts --ipc --net --pid -- /bin/bash -c "$wait_for" node-enter \
  env --chdir="$directory" --default-signal=INT,QUIT "${environment[@]}" setsid /bin/bash -c "$reopen" bash "$@"
