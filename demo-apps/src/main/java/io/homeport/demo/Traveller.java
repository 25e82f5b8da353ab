package io.homeport.demo;

import io.homeport.demo.watch.Watcher;
import java.util.Arrays;

/** A guest under way: where it is and how its heart beats. The dinner's thread writes, the view's thread reads. */
final class Traveller {
    /** Slots of the pulse that the view shows. */
    static final int PULSE_SLOTS = 40;

    private final Guest guest;
    private final Watcher watcher;
    private final long[] pulseMicros = new long[PULSE_SLOTS];
    private int node;
    private int headingTo = -1;
    private String step = "";
    private long worstMicros;

    Traveller(Guest guest, Watcher watcher) {
        this.guest = guest;
        this.watcher = watcher;
        this.node = guest.home();
    }

    Guest guest() {
        return guest;
    }

    Watcher watcher() {
        return watcher;
    }

    synchronized int node() {
        return node;
    }

    /** The node it is on the way to, or -1. */
    synchronized int headingTo() {
        return headingTo;
    }

    /** What happens to it on the way. */
    synchronized String step() {
        return step;
    }

    synchronized void passes(String newStep) {
        step = newStep;
    }

    synchronized void departs(int to) {
        headingTo = to;
        step = "";
    }

    /** The move is over; it is at `at` now. */
    synchronized void arrives(int at, long silenceMicros) {
        node = at;
        headingTo = -1;
        worstMicros = Math.max(worstMicros, silenceMicros);
    }

    /** Adds the longest silence of the last moment to the pulse. */
    synchronized void feelPulse() {
        System.arraycopy(pulseMicros, 1, pulseMicros, 0, PULSE_SLOTS - 1);
        pulseMicros[PULSE_SLOTS - 1] = watcher.meter().lookMicros();
    }

    /** The pulse, oldest first: longest silence of each moment. */
    synchronized long[] pulseMicros() {
        return Arrays.copyOf(pulseMicros, PULSE_SLOTS);
    }

    /** Longest silence of its moves so far. */
    synchronized long worstMicros() {
        return worstMicros;
    }
}
