package io.homeport.stream;

import io.homeport.posix.Posix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Connections of a process by which nothing has come or gone since it was foreseen where they will stand: as mostly of many. What they are asked
 * at the freeze is only whether that is so.
 *
 * <pre>
 *   while it runs   outlook     nothing under way in the pair: no byte that was written towards the application is unread
 *   at the freeze   drained     all that it has ever written is acknowledged: it has been read, or is at our end
 *                   stop        we have neither written nor read since, and there is nothing to be read
 * </pre>
 *
 * <p>Data loop, but for {@link #drained} and {@link #quietEnds}.
 */
public final class Standstill {
    private Standstill() {}

    /** Which of these pairs, of a process that runs, have nothing under way at this moment. @param applicationFds the other ends, in the same order */
    static boolean[] quiet(List<Stub> stubs, List<Integer> applicationFds) {
        boolean[] quiet = quietPairs(stubs, applicationFds.stream().mapToInt(Integer::intValue).toArray());
        for (int i = 0; i < quiet.length; i++) {
            quiet[i] &= nothingIn(stubs.get(i));
        }
        return quiet;
    }

    /** As {@link Posix#quietPairs} of any number. */
    static boolean[] quietPairs(List<Stub> stubs, int[] applicationFds) {
        return ask(numbers(stubs), (from, ours, quiet) -> Posix.quietPairs(Arrays.copyOfRange(applicationFds, from, from + ours.length), ours, quiet));
    }

    /** Which of these sockets of a frozen process are drained: all that it has ever written has come to our ends. Any thread. */
    static boolean[] drained(int[] applicationFds) {
        return ask(applicationFds, (from, fds, drained) -> Posix.drainedEnds(fds, drained));
    }

    /** Which of these sockets have nothing to be read: no byte, no urgent mark, no end, no error. Any thread. */
    public static boolean[] quietEnds(int[] fds) {
        return ask(fds, (from, ours, quiet) -> Posix.quietEnds(ours, quiet));
    }

    /**
     * Stops those that stand where it was foreseen.
     *
     * @param foreseen of connections that were {@link #quiet} then, and whose applications' ends are {@link #drained} now that they are frozen
     * @return these
     */
    static List<StreamState> stop(StubTable table, Collection<StreamState> foreseen) {
        List<StreamState> states = new ArrayList<>();
        List<Stub> stubs = new ArrayList<>();
        for (StreamState state : foreseen) {
            Stub stub = table.find(state.id());
            if (stub != null && standsAt(stub, state)) {
                states.add(state);
                stubs.add(stub);
            }
        }
        boolean[] quiet = quietEnds(numbers(stubs));
        List<StreamState> stopped = new ArrayList<>();
        for (int i = 0; i < quiet.length; i++) {
            if (quiet[i]) {
                stubs.get(i).standStill();
                stopped.add(states.get(i));
            }
        }
        return stopped;
    }

    /** What is asked about some of them. */
    private interface Question {
        void about(int from, int[] fds, boolean[] answers);
    }

    /** Where it fails the answer is no: these are asked all there is to ask. */
    private static boolean[] ask(int[] fds, Question question) {
        boolean[] all = new boolean[fds.length];
        for (int from = 0; from < fds.length; from += Posix.MOST_PAIRS) {
            int[] some = Arrays.copyOfRange(fds, from, Math.min(from + Posix.MOST_PAIRS, fds.length));
            boolean[] answers = new boolean[some.length];
            question.about(from, some, answers);
            System.arraycopy(answers, 0, all, from, answers.length);
        }
        return all;
    }

    private static boolean standsAt(Stub stub, StreamState state) {
        return stub.phase == Stub.Phase.STARTED && nothingIn(stub)
                && stub.end.inflow().dataEnd() == state.inbound().consumed() && stub.end.outflow().readSoFar() == state.outbound().acked()
                && stub.options == state.options() && stub.optionsChanged == state.optionsSet();
    }

    /** Whether both directions are open, and no byte waits in this end. */
    private static boolean nothingIn(Stub stub) {
        return stub.end != null && stub.state.kind() == StreamKind.TCP && !stub.deputyGone && !stub.end.local().closed() && !stub.end.over()
                && stub.end.inflow().idle() && !stub.end.inflow().eof()
                && stub.end.outflow().lastMark() == Mark.DATA && stub.end.outflow().acked() == stub.end.outflow().readSoFar();
    }

    private static int[] numbers(List<Stub> stubs) {
        return stubs.stream().mapToInt(stub -> stub.end.local().number()).toArray();
    }
}
