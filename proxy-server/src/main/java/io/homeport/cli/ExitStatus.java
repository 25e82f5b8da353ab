package io.homeport.cli;

/** The exit statuses of every {@code homeport} command; shown by {@code homeport --help} and held by the README. */
final class ExitStatus {
    /** Done. */
    static final int OK = 0;
    /** Tried and failed; a message names the step and what to do. */
    static final int FAILED = 1;
    /** The command line or a configuration file is wrong; nothing was touched. */
    static final int USAGE = 2;
    /** The process cannot be moved: the obstacles are listed; nothing was touched. */
    static final int OBSTACLES = 3;
    /** No daemon answers, or no such lab. */
    static final int UNREACHABLE = 4;
    /** This machine lacks something; the message says how to get it. */
    static final int LACKING = 5;

    private ExitStatus() {}
}
