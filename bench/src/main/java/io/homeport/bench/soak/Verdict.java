package io.homeport.bench.soak;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.local.CommandFailedException;
import io.homeport.local.Failure;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds out what has become of a service after its move: where it runs, whether it is there once, whether all of its connections get
 * on, whether the command told the truth. The command's thread.
 */
final class Verdict {
    private static final long PATIENCE_MS = 60_000;
    private static final int PAUSE_MS = 10;
    /** A command that was killed may have reached its daemon only just now. */
    private static final int LATE_COMMAND_MS = 100;
    private static final long ANSWER_MS = 5_000;

    private final Lab lab;
    private final CopyWatch watch;
    private final SoakLoad load;

    Verdict(Lab lab, CopyWatch watch, SoakLoad load) {
        this.lab = lab;
        this.watch = watch;
        this.load = load;
    }

    /** @param became where it runs now, {@code MOVED} or {@code STAYED}, {@code NOTHING} if that is not known. @param problem null if all is well */
    record Found(MoveTry.Said became, String problem) {
        boolean well() {
            return problem == null;
        }
    }

    /** Waits until the service has come to rest, and judges. Notes where it is. */
    Found of(MoveTry move, MoveTry.Ended ended) throws InterruptedException {
        String source = move.seat().node();
        if (ended.said() == MoveTry.Said.NOTHING) {
            Thread.sleep(LATE_COMMAND_MS);
        }
        List<Copy> copies = settled(move, source);
        if (!settled(copies)) {
            return new Found(MoveTry.Said.NOTHING, "after " + PATIENCE_MS + " ms there is not one running copy, but " + copies);
        }
        String where = copies.get(0).node();
        move.seat().found(where);
        MoveTry.Said became = where.equals(source) ? MoveTry.Said.STAYED : MoveTry.Said.MOVED;
        if (ended.said() != MoveTry.Said.NOTHING && ended.said() != became || became == MoveTry.Said.MOVED && !where.equals(move.destination())) {
            return new Found(became, "it runs on " + where + ", but status " + ended.status() + " says: " + ended.text());
        }
        List<String> stuck = load.awaitAnswers(move.seat().service(), PATIENCE_MS);
        return new Found(became, stuck.isEmpty() ? null : "on " + where + ", these do not get on: " + String.join("; ", stuck));
    }

    private List<Copy> settled(MoveTry move, String source) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        while (true) {
            boolean resting = !moving(lab.node(source), move.seat().service());
            List<Copy> copies = watch.copies(move.seat().service());
            if (resting && settled(copies) || System.nanoTime() > endNs) {
                return copies;
            }
            Thread.sleep(PAUSE_MS);
        }
    }

    private static boolean settled(List<Copy> copies) {
        return copies.size() == 1 && copies.get(0).runs();
    }

    /** Asks for a move to where it is: the daemon refuses that, and says so if another is under way. */
    private static boolean moving(LabNode source, String service) {
        try {
            LocalMessage request = new LocalMessage.Migrate(service, source.name(), false, "");
            new LocalClient(source.socket()).call(request, step -> {}, ANSWER_MS);
            return true;
        } catch (CommandFailedException refused) {
            return refused.kind() == Failure.UNREACHABLE || refused.getMessage().contains("being moved");
        }
    }
}
