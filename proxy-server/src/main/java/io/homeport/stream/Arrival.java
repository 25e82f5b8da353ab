package io.homeport.stream;

/**
 * A stream of a process that has just been restored and is frozen.
 *
 * @param state as the node that it left gave it
 * @param keptFd a duplicate of the dummy's far end M, which the process kept through the journey; -1 if there is none. UNIX, PIPE_IN, PIPE_OUT:
 *     required, it becomes the stub's end. TCP: what the application wrote into its dummy is read from it first, then it is closed. It is
 *     the stub's from here on
 */
public record Arrival(StreamState state, int keptFd) {
    public Arrival {
        if (keptFd < 0 && state.kind() != StreamKind.TCP && state.kind() != StreamKind.LISTENER) {
            throw new IllegalArgumentException(state + " needs the far end of its dummy");
        }
    }
}
