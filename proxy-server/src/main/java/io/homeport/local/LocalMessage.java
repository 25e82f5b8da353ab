package io.homeport.local;

/** What goes over the local socket, as values; {@link LocalCodec} turns them into SBE messages and back. */
public sealed interface LocalMessage {
    /** Asks how the daemon is. */
    record Status() implements LocalMessage {}

    /** Asks which services run on the node. */
    record Ps() implements LocalMessage {}

    /**
     * Asks to move a service.
     *
     * @param target its name, or its process id on this node
     * @param destination the node to move it to
     * @param dryRun only say what would happen
     * @param options further KEY=VALUE lines, may be empty
     */
    record Migrate(String target, String destination, boolean dryRun, String options) implements LocalMessage {}

    /** Asks the daemon to end at once and leave everything to the next one, which its keeper starts from what is installed. */
    record Upgrade() implements LocalMessage {}

    /**
     * Where a command stands.
     *
     * @param step name of the step
     * @param text one line about it
     * @param bytesDone of this step; 0 where bytes mean nothing
     * @param bytesTotal of how many; 0 if unknown
     */
    record Progress(String step, String text, long bytesDone, long bytesTotal) implements LocalMessage {}

    /** The result, one JSON object of {@code io.homeport.report}. */
    record Finished(String json) implements LocalMessage {}

    /** One line: what failed and what to do. */
    record Failed(Failure kind, String text) implements LocalMessage {}
}
