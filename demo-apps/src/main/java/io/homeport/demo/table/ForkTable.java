package io.homeport.demo.table;

import io.homeport.demo.wire.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Who holds which fork, and who waits for it, first come first served. Every grant and every release gets the next number of
 * one global sequence. Called under the lock of its owner.
 */
final class ForkTable {
    private static final long FREE = 0;

    private final long[] heldBy;
    private final List<Deque<Long>> waiting = new ArrayList<>();
    private long sequence;

    ForkTable(int forks) {
        heldBy = new long[forks];
        for (int fork = 0; fork < forks; fork++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    /** Gives the fork to the request, if it is free: the grant, or nothing while the request waits. */
    List<Frame> take(int fork, long request) {
        waiting.get(fork).add(request);
        return grantIfFree(fork);
    }

    /**
     * Takes the fork back: the release, and the grant to whoever waited. A fork that the asker does not hold is an
     * IllegalStateException.
     */
    List<Frame> release(int fork, long request) {
        if (heldBy[fork] == FREE || Frame.seatOf(heldBy[fork]) != Frame.seatOf(request)) {
            throw new IllegalStateException(
                    "seat " + Frame.seatOf(request) + " gives back fork " + fork + ", which it does not hold");
        }
        heldBy[fork] = FREE;
        List<Frame> happened = new ArrayList<>();
        happened.add(Frame.of(Frame.Kind.RELEASED, fork, request, ++sequence));
        happened.addAll(grantIfFree(fork));
        return happened;
    }

    private List<Frame> grantIfFree(int fork) {
        if (heldBy[fork] != FREE || waiting.get(fork).isEmpty()) {
            return List.of();
        }
        heldBy[fork] = waiting.get(fork).remove();
        return List.of(Frame.of(Frame.Kind.GRANTED, fork, heldBy[fork], ++sequence));
    }
}
