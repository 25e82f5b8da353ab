package io.homeport.migration.departure;

import io.homeport.faults.FaultPoint;
import io.homeport.handover.AgentControl;
import io.homeport.handover.FrozenService;
import io.homeport.link.CallException;
import io.homeport.link.LinkPolicy;
import io.homeport.link.Peer;
import io.homeport.migration.contract.AsForeseen;
import io.homeport.migration.contract.Beside;
import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.Course;
import io.homeport.migration.contract.Messages;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.Ready;
import io.homeport.migration.contract.RecordFile;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.migration.contract.Undo;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.Descriptor;
import io.homeport.process.ProcessStatus;
import io.homeport.service.HostedService;
import io.homeport.transfer.Shipment;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One migration as its source sees it: {@link #run} is the story, docs/migration.md its table of failures.
 *
 * <p>One instance for one migration, used by one thread from beginning to end; another draws the ledger.
 */
public final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    /** For each connection, after the copy runs: what it takes to go on. */
    private static final long CATCH_UP_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private static final long MOST_CATCH_UP_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final NodeParts node;
    private final Peer destination;
    private final StepClock clock;
    private final Progress progress;
    private final Itinerary itinerary;
    private final MigrationFiles files;
    private final Course<DepartureState> course = new Course<>(DepartureState.PREPARING);
    private Foresight foresight;
    /** Null if nothing went ahead, or the destination would not understand. */
    private AsForeseen asForeseen;
    private Custody custody;
    private StreamLedger ledger;
    private Beside<Double> drawing;
    private volatile Beside<Void> holding;
    private Shipment shipment;
    private Images images;
    private Ready ready;
    /** Streams for which somebody waits. */
    private List<Long> waiting = List.of();
    private long frozenAtNs;
    private long imageBytes;

    public Departure(NodeParts node, Itinerary itinerary, Peer destination, StepClock clock, Progress progress)
            throws IOException {
        this.node = node;
        this.itinerary = itinerary;
        this.destination = destination;
        this.clock = clock;
        this.progress = progress;
        this.files = MigrationFiles.create(node.places().images(), itinerary.migrationId());
    }

    /**
     * Moves the process.
     *
     * @throws MigrationFailure before the commit: everything is undone and the service runs here; after it: the service is the
     *     destination's, and the message says what failed here
     */
    public MoveReport run() throws MigrationFailure {
        trimHeap();
        try (Undo undo = new Undo()) {
            undo.add("delete the images", files::delete);
            undo.add("tell " + destination.node() + " to forget", this::abort);
            ship(undo);
            foresee();
            images.copyAhead();
            images.prepare();
            handOver(undo);
            checkpoint();
            transfer();
            restore(undo);
            commit(undo);
        } catch (IOException | RuntimeException e) {
            course.become(DepartureState.UNDONE);
            throw failure(e);
        }
        return forward();
    }

    /** Before the freeze: a collection is a short pause of its own, and what it frees makes the freeze shorter. */
    private void trimHeap() {
        try {
            AgentControl.Trimmed trimmed = itinerary.agent().trimHeap();
            LOG.info("{}: {} MB resident, {} MB after its heap was trimmed", itinerary.service().name(), trimmed.bytesBefore() >> 20,
                    trimmed.bytesAfter() >> 20);
        } catch (IOException e) {
            LOG.warn("The heap of {} is carried as it is: {}", itinerary.service().name(), e.getMessage());
        }
    }

    private void ship(Undo undo) throws IOException {
        long expectedBytes = ProcessStatus.read(itinerary.pid()).residentBytes();
        shipment = node.transfers().begin(destination, linkPolicy(), itinerary.migrationId(), files.directory(), expectedBytes);
        undo.add("send no more", shipment::close);
        images = new Images(node, itinerary, files, shipment);
        undo.add("watch its memory no more", images::close);
    }

    /** While the process runs: the destination makes the sockets of the connections that it has now. It has made them when this returns. */
    private void foresee() throws IOException {
        foresight = Foresight.of(node, itinerary);
        if (!foresight.items().isEmpty()) {
            ServiceRecord foreseen = record(foresight.items(), List.of(), foresight.descriptors());
            asForeseen = itinerary.readsAsForeseen() ? new AsForeseen(foreseen) : null;
            RecordFile.write(files.foreseen(), foreseen);
            shipment.send(files.foreseen());
            shipment.catchUp();
        }
    }

    private void handOver(Undo undo) throws IOException {
        clock.begin(Step.HAND_OVER, "freezing process " + itinerary.pid());
        AgentControl agent = itinerary.agent();
        reach(FaultPoint.FREEZE_BEFORE);
        undo.add("let it run", this::letRun);
        frozenAtNs = System.nanoTime();
        try (FrozenService frozen = FrozenService.freeze(agent)) {
            reach(FaultPoint.FROZEN);
            Inventory inventory = Inventory.take(itinerary, foresight, undo);
            inventory.requireMovable(itinerary.pid());
            course.become(DepartureState.HELD);
            Files.createFile(files.frozen());
            shipment.send(files.frozen());
            custody = Custody.take(itinerary.pidfd(), inventory, node.estate().store(), itinerary.migrationId());
            undo.add("close what was in custody", custody::close);
            undo.add("forget the note", () -> DepartureNote.delete(node.places().images(), itinerary.migrationId()));
            DepartureNote.of(itinerary.migrationId(), itinerary.pid(), destination.node(), custody).write(node.places().images());
            undo.add("give the sockets back", () -> custody.giveBack(agent));
            frozen.stopWhenThawed();
            reach(FaultPoint.CUSTODY_TAKEN);
            custody.putDummies(agent);
            ledger = StreamLedger.open(node, itinerary, custody, foresight, undo);
            drawing = Beside.begin("ledger", this::drawLedger);
            undo.add("let go of its real sockets", ledger::letGo);
            undo.add("wait until nobody looks at what is in custody", () -> {
                drawing.awaitEnd();
                if (holding != null) {
                    holding.awaitEnd();
                }
            });
            custody.vacate(agent);
            reach(FaultPoint.DESCRIPTORS_VACATED);
        }
        agent.quiet();
    }

    /** Somebody may have stopped it since it was examined: its agent does not answer then. With its sockets in custody it runs when it has them again. */
    private void letRun() {
        if (custody == null) {
            Posix.kill(itinerary.pid(), Linux.SIGCONT);
        }
    }

    /** The ledger is drawn meanwhile: the process stands still, and CRIU sees none of the sockets. */
    private void checkpoint() throws IOException {
        clock.begin(Step.CHECKPOINT, "criu dump");
        reach(FaultPoint.DUMP_BEFORE);
        double criuMs = images.send();
        clock.add("checkpoint: ledger", drawing.await());
        clock.add("checkpoint: criu", criuMs);
    }

    /** The destination makes the sockets as soon as it has the record. @return how long it took, in milliseconds */
    private double drawLedger() throws IOException {
        long beganNs = System.nanoTime();
        ledger.draw();
        RecordFile.write(files.record(), record(ledger.items(), ledger.connecting(), custody.places()), asForeseen);
        shipment.send(files.record());
        holding = Beside.begin("hold", () -> {
            ledger.hold();
            return null;
        });
        reach(FaultPoint.LEDGER_DRAWN);
        return (System.nanoTime() - beganNs) / 1e6;
    }

    /** What has not gone yet. */
    private void transfer() throws IOException {
        clock.begin(Step.TRANSFER, "sending images to " + destination.node());
        reach(FaultPoint.TRANSFER_BEFORE);
        shipment.finish(this::sent);
        reach(FaultPoint.TRANSFER_AFTER);
    }

    private void sent(long done, long total) {
        imageBytes = total;
        progress.bytes(done, total);
    }

    private void restore(Undo undo) throws IOException {
        clock.begin(Step.RESTORE, "restoring at " + destination.node());
        reach(FaultPoint.RESTORE_BEFORE);
        CompletableFuture<byte[]> restored =
                destination.call(Messages.RESTORE, Messages.restore(itinerary.migrationId()), node.restoreTimeout());
        holding.await();
        waiting = ledger.waiting();
        ready = Messages.ready(answer(restored));
        reach(FaultPoint.RESTORE_AFTER);
        clock.add("restore: criu", ready.restoreMs());
        clock.add("restore: shadow sockets", ready.shadowMs());
    }

    private void commit(Undo undo) throws IOException {
        clock.begin(Step.COMMIT, "giving the service to " + destination.node());
        reach(FaultPoint.GIVEN_BEFORE);
        CommitLog.Entry given = new CommitLog.Entry(
                itinerary.migrationId(), CommitLog.Word.GIVEN, destination.node(), itinerary.pid());
        try {
            node.commitLog().write(given);
        } catch (IOException e) {
            node.commitLog().forget(itinerary.migrationId()); // it may have come to be there all the same
            throw e;
        }
        undo.forget();
        course.become(DepartureState.GIVEN);
    }

    /**
     * The service is the destination's now: whatever fails here, the destination is told so until it has answered. The deputies open
     * while it lets the copy run; a stub that comes too early is answered then, or asks again.
     */
    private MoveReport forward() throws MigrationFailure {
        CommitCall commit = new CommitCall(node, destination, itinerary.migrationId(), waiting);
        Exception failed = firstFailureOf(
                () -> reach(FaultPoint.GIVEN_AFTER), commit::tell, ledger::entrust, () -> reach(FaultPoint.SOCKETS_HELD),
                ledger::openDeputies, () -> reach(FaultPoint.DEPUTIES_OPEN));
        try {
            commit.await(reason -> progress.step(Step.COMMIT, itinerary.service().name()
                    + " is given to " + destination.node() + ", which has not answered yet: " + reason + "; asking on"));
        } catch (RuntimeException interrupted) {
            throw failedAfterwards(interrupted);
        }
        double frozenMs = (System.nanoTime() - frozenAtNs) / 1e6;
        course.become(DepartureState.DONE);
        clock.begin(Step.THAW, "the copy runs at " + destination.node());
        letOthersCatchUp();
        Exception failedToLeave = leave();
        clock.end();
        if (failed != null || failedToLeave != null) {
            throw failedAfterwards(failed != null ? failed : failedToLeave);
        }
        return new MoveReport(itinerary.service().name(), node.name(), destination.node(), ready.pid(),
                ledger.items().size(), imageBytes, clock.stepMs(), frozenMs);
    }

    /** Its connections have waited for the processors that clearing up after thousands of them takes, too. */
    private void letOthersCatchUp() {
        long waitNs = Math.min(ledger.items().size() * CATCH_UP_NS, MOST_CATCH_UP_NS);
        for (long endNs = System.nanoTime() + waitNs; System.nanoTime() < endNs && !Thread.currentThread().isInterrupted(); ) {
            LockSupport.parkNanos(endNs - System.nanoTime());
        }
    }

    /** The copy runs at the destination: what is left here goes, each whether the others do or not, and the word at last. */
    private Exception leave() {
        return firstFailureOf(
                () -> reach(FaultPoint.COMMIT_AFTER),
                ledger::dropPassed,
                itinerary.agent()::close,
                () -> node.services().remove(itinerary.pid()),
                () -> Posix.kill(itinerary.pid(), Linux.SIGKILL),
                () -> reach(FaultPoint.ORIGINAL_KILLED),
                this::leaveNet,
                () -> node.carriedFiles().leave(files.carried()),
                images::close,
                custody::close,
                () -> DepartureNote.delete(node.places().images(), itinerary.migrationId()),
                files::delete,
                () -> reach(FaultPoint.FORGET_BEFORE),
                () -> node.commitLog().forget(itinerary.migrationId()));
    }

    /** Runs all of them. @return what the first that failed came to, null if none did */
    private static Exception firstFailureOf(Undo.Action... steps) {
        Exception first = null;
        for (Undo.Action step : steps) {
            try {
                step.run();
            } catch (Exception e) {
                LOG.error("failed after the commit", e);
                first = first == null ? e : first;
            }
        }
        return first;
    }

    private MigrationFailure failedAfterwards(Exception e) {
        return new MigrationFailure(clock.step(), itinerary.service().name() + " has been given to "
                + destination.node() + " and runs or will run there, but node " + node.name()
                + " failed afterwards: " + e.getMessage() + "; see its log", e);
    }

    private ServiceRecord record(List<ServiceRecord.Item> streams, List<ServiceRecord.Connecting> connecting, List<Descriptor> vacated) {
        HostedService service = itinerary.service();
        return new ServiceRecord(itinerary.migrationId(), service.serviceId(), service.name(), node.name(),
                service.birthNode(), service.startedMs(), service.moves() + 1, service.linkPolicy(), streams, connecting, vacated);
    }

    /** The images go by the links that the streams will go by, as far as this node knows them by that name. */
    private LinkPolicy linkPolicy() {
        LinkPolicy policy = itinerary.service().linkPolicy() == null ? node.links().policy() : itinerary.service().linkPolicy();
        return policy.isKnownTo(destination) ? policy : LinkPolicy.LOADBALANCE;
    }

    private void leaveNet() {
        if (itinerary.service().net() != null) {
            itinerary.service().net().close();
        }
    }

    /** Only so that the destination need not wait until it inquires. */
    private void abort() {
        try {
            call(Messages.ABORT, Messages.abort(itinerary.migrationId()), node.callTimeout());
        } catch (CallException e) {
            LOG.info("{} does not hear that {} stays here, and will ask: {}", destination.node(), itinerary.service().name(), e.getMessage());
        }
    }

    private byte[] call(short method, byte[] request, Duration timeout) {
        return answer(destination.call(method, request, timeout));
    }

    private static byte[] answer(CompletableFuture<byte[]> call) {
        try {
            return call.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof CallException cause ? cause : e;
        }
    }

    private MigrationFailure failure(Exception e) {
        String what = "moving " + itinerary.service().name() + " (process " + itinerary.pid() + ") to "
                + destination.node() + " failed at step '" + clock.step().title() + "': " + e.getMessage()
                + ". It runs on here with its sockets.";
        return new MigrationFailure(clock.step(), what, e);
    }

    private void reach(FaultPoint point) throws IOException {
        node.faults().reach(point);
    }
}
