package io.homeport.local;

/**
 * What the daemon does for the command line. Each call is on a thread of its own, may block as long as the command takes,
 * and has ended its reply when it returns. An exception is logged and told to the caller.
 */
public interface CommandHandler {
    /** Replies with a {@code NodeStatus}. Anybody may ask. */
    void status(Caller caller, Reply reply);

    /** Replies with a {@code ServiceList} of those that the caller may see. */
    void ps(Caller caller, Reply reply);

    /** Ends the daemon for a new one to be started. Replies with this one's {@code NodeStatus} before. The caller must be checked. */
    void upgrade(Caller caller, Reply reply);

    /** Replies with a {@code MigrationReport}, or a {@code DryRunReport} for a dry run. The caller must be checked. */
    void migrate(Caller caller, LocalMessage.Migrate request, Reply reply);
}
