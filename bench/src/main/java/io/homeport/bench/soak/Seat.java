package io.homeport.bench.soak;

/** A service and where it runs; the turns move it on. The command's thread. */
final class Seat {
    private final String service;
    private final String origin;
    private String node;

    Seat(String service, String origin) {
        this.service = service;
        this.origin = origin;
        this.node = origin;
    }

    String service() {
        return service;
    }

    /** Where its listener and all of its connections were opened. */
    String origin() {
        return origin;
    }

    String node() {
        return node;
    }

    void found(String where) {
        node = where;
    }
}
