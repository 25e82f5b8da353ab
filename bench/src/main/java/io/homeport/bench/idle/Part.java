package io.homeport.bench.idle;

/** What a daemon's memory is made of. The first four overlap nowhere; resident memory has most of them in it. */
public enum Part {
    /** Java objects that are alive: counted by class after a collection of all garbage. */
    OBJECTS("live Java objects", true),
    /** Anonymous memory outside of the Java heap: malloc, direct buffers, compiled code, classes, stacks. */
    NATIVE("memory outside of the Java heap", true),
    /** The state of streams that outlives the daemon, on tmpfs. */
    SLOTS("tmpfs: slots of streams", true),
    /** Everything else beside it: the journal, the frames that sockets are read into. */
    JOURNAL("tmpfs: journal and landing", true),
    /** Resident set: with free room in the Java heap, which depends on the garbage of the move, and with mapped files of tmpfs. */
    RESIDENT("resident (Rss)", false),
    /** The same with a share only of what other processes map, too. */
    PROPORTIONAL("resident, shared pages in parts (Pss)", false);

    private final String title;
    private final boolean counts;

    Part(String title, boolean counts) {
        this.title = title;
        this.counts = counts;
    }

    /** For people and programs. */
    String title() {
        return title;
    }

    /** Whether it belongs to the sum. */
    boolean counts() {
        return counts;
    }
}
