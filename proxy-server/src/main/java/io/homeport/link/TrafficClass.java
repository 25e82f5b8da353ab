package io.homeport.link;

import io.homeport.wire.link.Lane;

/** What a lane carries. Each class has a connection of its own, so that none waits behind another. */
public enum TrafficClass {
    /** Requests and replies. Never throttled. */
    CONTROL(Lane.CONTROL),
    /** Bytes of moved sockets. */
    STREAM(Lane.STREAM),
    /** Process images. */
    BULK(Lane.BULK);

    private static final TrafficClass[] CLASSES = values();

    private final Lane lane;

    TrafficClass(Lane lane) {
        this.lane = lane;
    }

    /** The name of this class on the wire. */
    Lane lane() {
        return lane;
    }

    /** The class with this number on the wire, or null if there is none. */
    static TrafficClass ofWire(int value) {
        return value >= 0 && value < CLASSES.length ? CLASSES[value] : null;
    }
}
