package io.homeport.migration.arrival;

import io.homeport.capsule.Capsule;
import io.homeport.criu.CriuException;
import io.homeport.criu.MemoryAhead;
import io.homeport.criu.Restore;
import io.homeport.criu.RestoreRequest;
import io.homeport.criu.Restored;
import io.homeport.faults.FaultPoint;
import io.homeport.files.PlacedFiles;
import io.homeport.handover.AgentControl;
import io.homeport.handover.AwakeAgent;
import io.homeport.handover.HandOver;
import io.homeport.migration.contract.Beside;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.QuietCompilers;
import io.homeport.migration.contract.Ready;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.migration.contract.Undo;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.ProcessStatus;
import io.homeport.service.Futures;
import io.homeport.service.HostedService;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The copy of a service at its destination: restored, with its sockets, stopped; then either run or ended. One of which anything failed is
 * to be ended. Used under its arrival's lock.
 */
final class Copy {
    /** proc_pid_status(5). */
    private static final char STOPPED = 'T';

    private final NodeParts node;
    private final MigrationFiles files;
    private final Undo undo = new Undo();
    private QuietCompilers quiet;
    /** Made ahead; null if none was. */
    private Restore capsule;
    /** Null before it has begun. */
    private Beside<Made> restoring;
    private Berth berth;
    /** What it is moored by; null before. */
    private ServiceRecord record;
    private Beside<Integer> mooring;
    private boolean ran;
    private HostedService service;
    private Ready ready;

    /** What CRIU has made in {@code criuMs}, and the files that came along for it. */
    private record Made(Restored restored, PlacedFiles placed, int criuMs) {
        void end() throws IOException {
            new Capsule(restored.initPid()).kill();
            placed.remove();
        }
    }

    Copy(NodeParts node, MigrationFiles files) {
        this.node = node;
        this.files = files;
    }

    /** Makes a capsule for the process, and sockets for what it has, while it still runs at its source. */
    void foresee(ServiceRecord foreseen) throws IOException {
        capsule = newCapsule();
        undo.add("let go of its capsule", capsule::close);
        berth = Berth.open(node, foreseen.serviceId(), undo);
        berth.foresee(foreseen);
    }

    /** Its process stands still at its source. */
    void freeze() {
        if (berth != null) {
            berth.freeze();
        }
    }

    /** Begins to make its sockets, as far as they are not there, before or while CRIU makes its process. What fails is told when it is restored. */
    void moor(ServiceRecord record) throws IOException {
        quiet();
        if (berth == null) {
            berth = Berth.open(node, record.serviceId(), undo);
        }
        this.record = record;
        mooring = Beside.begin("moor", () -> {
            long beganNs = System.nanoTime();
            berth.make(record);
            return millisSince(beganNs);
        });
    }

    /** Begins to make its process from images that are there, stopped. What fails is told when it is restored, and leaves nothing. */
    void begin() {
        quiet();
        restoring = Beside.begin("restore", this::makeProcess);
        undo.add("end its process", () -> {
            Optional<Made> made = restoring.awaitEnd();
            if (made.isPresent()) {
                made.get().end();
            }
        });
    }

    private void quiet() {
        if (quiet == null) {
            quiet = QuietCompilers.begin();
        }
    }

    boolean isBegun() {
        return restoring != null;
    }

    boolean isMoored() {
        return record != null;
    }

    ServiceRecord record() {
        return record;
    }

    /** Makes its process and its sockets, as far as that has not begun, and puts them together; complete and stopped. */
    void restore(ServiceRecord record) throws IOException {
        if (!isBegun()) {
            begin();
        }
        if (!isMoored()) {
            moor(record);
        }
        Made process = restoring.await();
        Restored restored = process.restored();
        int socketsMs = mooring.await();
        long restoredNs = System.nanoTime();
        node.faults().reach(FaultPoint.RESTORED);
        berth.takeLasting(restored.pid());
        node.faults().reach(FaultPoint.BERTH_MADE);
        AgentControl agent = AgentControl.open(restored.pid());
        undo.add("let its agent go", agent::close);
        try (AwakeAgent awake = AwakeAgent.in(agent, true)) {
            berth.install(restored.pid(), new HandOver(agent));
        }
        node.faults().reach(FaultPoint.SOCKETS_IN);
        service = new HostedService(
                record.serviceId(), record.name(), record.birthNode(), record.startedMs(), record.move(),
                restored.pid(), restored.initPid(), record.sourceNode(), agent, berth.net(), berth.dummies(), record.linkPolicy());
        ready = new Ready(restored.pid(), process.criuMs(), socketsMs + millisSince(restoredNs));
    }

    private Restore newCapsule() throws IOException {
        return node.criu().prepare(new RestoreRequest(files.images(), node.places().capsule()));
    }

    private Made makeProcess() throws IOException {
        PlacedFiles placed = node.carriedFiles().place(files.carried());
        try (Restore restore = capsule == null ? newCapsule() : capsule) {
            node.faults().reach(FaultPoint.FILES_PLACED);
            long beganNs = System.nanoTime();
            MemoryAhead.join(files.images(), files.ahead());
            Restored restored = restore.run(placed.ownDirectories());
            return new Made(restored, placed, millisSince(beganNs));
        } catch (CriuException e) {
            placed.remove();
            throw files.keepingLog(e, "restore.log");
        } catch (IOException | RuntimeException e) {
            placed.remove();
            throw e;
        }
    }

    Ready ready() {
        return ready;
    }

    int pid() {
        return service.pid();
    }

    /** Whether it has not run and never will: somebody has killed it, and a killed process is no longer stopped even while it still ends. */
    boolean hasDied() {
        try {
            return !ran && ProcessStatus.read(service.pid()).state() != STOPPED;
        } catch (IOException gone) {
            return true;
        }
    }

    /** The commit is about to be done: a daemon that comes after this one would find what it needs. */
    void note(long migrationId) throws IOException {
        node.services().arriving(service, migrationId);
        undo.add("forget it", () -> node.services().forget(service));
    }

    /** The commit is done: it runs, and its bytes flow. Should it die from here on, the service has ended. @param first streams that go first */
    void run(List<Long> first) throws IOException {
        ran = true;
        undo.forget();
        node.services().add(service);
        CompletableFuture<Void> started = berth.start(first);
        Posix.kill(service.pid(), Linux.SIGCONT);
        Futures.join(started);
        quiet.close();
        node.optionWatch().watch(service);
        node.socketReturn().expect(service.pid());
        node.services().watch(service);
    }

    /** It runs: what gave way to its files goes. */
    void keepFiles() throws IOException {
        restoring.await().placed().keep();
    }

    /** It shall not run: nothing of it is left, but the images are. */
    void end() {
        if (mooring != null) {
            mooring.awaitEnd();
        }
        if (quiet != null) {
            quiet.close();
        }
        undo.close();
    }

    private static int millisSince(long beganNs) {
        return (int) ((System.nanoTime() - beganNs) / 1_000_000);
    }
}
