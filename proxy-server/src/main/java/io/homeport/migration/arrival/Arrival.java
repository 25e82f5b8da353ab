package io.homeport.migration.arrival;

import io.homeport.faults.FaultPoint;
import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.Course;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.Ready;
import io.homeport.migration.contract.RecordFile;
import io.homeport.migration.contract.ServiceRecord;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One migration as its destination sees it; {@link ArrivalState} draws it, docs/spec/migration.md is its model.
 *
 * <p>Its methods are called by the desk, one at a time.
 */
final class Arrival {
    private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

    private final NodeParts node;
    private final long migrationId;
    private final String source;
    private final MigrationFiles files;
    private final Course<ArrivalState> course;
    /** The record that went ahead of it; null if none has come, or it is not needed any more. */
    private volatile ServiceRecord foreseen;
    /** The record as it came; null before that, and when it is not needed any more. */
    private volatile RecordFile.Unread unread;
    private Copy copy;
    /** MINE is on the disk: from here only forward, and back to READY should the copy end before it has run. */
    private boolean mine;
    private boolean tidied;

    private Arrival(NodeParts node, long migrationId, String source, ArrivalState first) {
        this.node = node;
        this.migrationId = migrationId;
        this.source = source;
        this.files = new MigrationFiles(node.transfers().directory(migrationId));
        this.course = new Course<>(first);
    }

    /** A migration that was just offered. */
    static Arrival offered(NodeParts node, long migrationId, String source) {
        return new Arrival(node, migrationId, source, ArrivalState.OFFERED);
    }

    /** What a daemon before this one had come to, by its word; its images lie there as long as they may be needed. */
    static Arrival recovered(NodeParts node, CommitLog.Entry entry) {
        boolean mine = entry.word() == CommitLog.Word.MINE;
        Arrival arrival = new Arrival(
                node, entry.migrationId(), entry.peerNode(), mine ? ArrivalState.RUNNING : ArrivalState.PROMISED);
        arrival.mine = mine;
        return arrival;
    }

    long migrationId() {
        return migrationId;
    }

    ArrivalState state() {
        return course.now();
    }

    String source() {
        return source;
    }

    /** A record of what the service has while it still runs has come: sockets for that can be made. What fails here is made when it is frozen. */
    void foresee(ServiceRecord ahead) {
        if (course.now() == ArrivalState.OFFERED && copy == null) {
            foreseen = ahead;
            beginCopy(ahead, made -> made.foresee(ahead));
        }
    }

    /** Null if none has come. */
    ServiceRecord foreseen() {
        return foreseen;
    }

    /** The record has come, and is about to be read: whoever needs it waits for that. */
    void recordCame(RecordFile.Unread record) {
        unread = record;
    }

    /** The record has come before the images: making the copy's sockets can begin. What fails of it is told when the copy is restored. */
    void moor(ServiceRecord record) {
        if (course.now() == ArrivalState.OFFERED && (copy == null || !copy.isMoored())) {
            beginCopy(record, made -> made.moor(record));
        }
    }

    /** All that CRIU needs has come: making the copy's process can begin, with or before its sockets. What fails of it is told when the copy is restored. */
    void begin() {
        if (course.now() == ArrivalState.OFFERED && (copy == null || !copy.isBegun())) {
            copy().begin();
        }
    }

    /** The service stands still at its source: what its peers send from here on is left in sockets that come home with it. Too late when the record was there before. */
    void freeze() {
        if (course.now() == ArrivalState.OFFERED && copy != null && !copy.isMoored()) {
            copy.freeze();
        }
    }

    private interface Beginning {
        void of(Copy copy) throws IOException;
    }

    private void beginCopy(ServiceRecord record, Beginning beginning) {
        try {
            record.requireOf(migrationId, source);
            beginning.of(copy());
        } catch (IOException | RuntimeException e) {
            LOG.warn("no sockets yet for migration {} from {}: {}", Long.toHexString(migrationId), source, e.getMessage());
            endCopy();
        }
    }

    /** Makes the copy, complete and stopped, and promises it; after a failure nothing is left of it. Asking again is harmless. */
    Ready restore() throws IOException {
        if (course.now() == ArrivalState.READY) {
            return copy.ready();
        }
        if (course.now() != ArrivalState.OFFERED) {
            throw new IOException("migration " + Long.toHexString(migrationId) + " is " + course.now() + " here, there is nothing to restore");
        }
        try {
            node.faults().reach(FaultPoint.IMAGES_IN);
            makeCopy();
            write(CommitLog.Word.READY, copy.pid());
            node.faults().reach(FaultPoint.READY_WRITTEN);
        } catch (IOException | RuntimeException e) {
            drop();
            throw e;
        }
        course.become(ArrivalState.READY);
        return copy.ready();
    }

    /** The copy is ours: it runs. Asking again is harmless; after a failure the promise stands. @param first streams that go first */
    void commit(List<Long> first) throws IOException {
        if (course.now() == ArrivalState.RUNNING) {
            return;
        }
        node.faults().reach(FaultPoint.COMMIT_CAME);
        if (course.now() == ArrivalState.READY && copy.hasDied()) {
            LOG.warn("the stopped copy of migration {} from {} has ended: it is restored again", Long.toHexString(migrationId), source);
            write(CommitLog.Word.READY, copy.pid());
            mine = false;
            endCopy();
            course.become(ArrivalState.PROMISED);
        }
        if (course.now() == ArrivalState.PROMISED) {
            makeCopy();
            course.become(ArrivalState.READY);
        }
        if (course.now() != ArrivalState.READY) {
            throw new IOException("migration " + Long.toHexString(migrationId) + " is " + course.now() + " here, there is nothing to commit");
        }
        if (!mine) {
            copy.note(migrationId);
            write(CommitLog.Word.MINE, copy.pid());
            mine = true;
        }
        node.faults().reach(FaultPoint.MINE_WRITTEN);
        if (copy.hasDied()) {
            throw new IOException("its stopped copy at node " + node.name() + " has ended before it ran, and is restored again");
        }
        copy.run(first);
        course.become(ArrivalState.RUNNING);
        node.faults().reach(FaultPoint.THAWED);
    }

    /** What is left when the copy runs. */
    void tidy() throws IOException {
        if (course.now() == ArrivalState.RUNNING && !tidied) {
            node.faults().reach(FaultPoint.TIDY_BEFORE);
            if (copy != null) {
                copy.keepFiles();
            }
            files.delete();
            unread = null;
            foreseen = null;
            tidied = true;
        }
    }

    /** The service stays at its source: nothing of it remains here. */
    void abort() throws IOException {
        if (!mine && !isOver()) {
            drop();
        }
    }

    /** The source has nothing more to say: either the service stayed there, or it knows that the copy runs. */
    void over() throws IOException {
        if (course.now() == ArrivalState.RUNNING) {
            tidy();
            node.commitLog().forget(migrationId);
            course.become(ArrivalState.SETTLED);
        } else {
            abort();
        }
    }

    /** Offered, and not decided. */
    boolean isUnderway() {
        return !isOver() && course.now() != ArrivalState.RUNNING;
    }

    boolean isOver() {
        return course.now().next().isEmpty();
    }

    /** The word goes before the images: a crash in between leaves images that the next daemon deletes. */
    private void drop() throws IOException {
        course.become(ArrivalState.GONE);
        endCopy();
        node.commitLog().forget(migrationId);
        files.delete();
        unread = null;
        foreseen = null;
    }

    /** After a failure nothing is left of it, but the images are. */
    private void makeCopy() throws IOException {
        try {
            copy().restore(copy.isMoored() ? copy.record() : record());
        } catch (IOException | RuntimeException e) {
            endCopy();
            throw e;
        }
    }

    /** A new one if there is none. */
    private Copy copy() {
        if (copy == null) {
            copy = new Copy(node, files);
        }
        return copy;
    }

    private ServiceRecord record() throws IOException {
        RecordFile.Unread came = unread;
        ServiceRecord record = came == null ? RecordFile.read(files.record()) : came.read();
        record.requireOf(migrationId, source);
        return record;
    }

    private void endCopy() {
        if (copy != null) {
            copy.end();
            copy = null;
        }
    }

    private void write(CommitLog.Word word, int pid) throws IOException {
        node.commitLog().write(new CommitLog.Entry(migrationId, word, source, pid));
    }
}
