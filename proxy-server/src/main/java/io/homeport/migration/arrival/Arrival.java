package io.homeport.migration.arrival;

import io.homeport.capsule.Capsule;
import io.homeport.criu.RestoreRequest;
import io.homeport.criu.Restored;
import io.homeport.files.PlacedFiles;
import io.homeport.handover.AgentControl;
import io.homeport.handover.FrozenService;
import io.homeport.handover.HandOver;
import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.MigrationFiles;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.Ready;
import io.homeport.migration.contract.RecordFile;
import io.homeport.migration.contract.ServiceRecord;
import io.homeport.migration.contract.Undo;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.service.HostedService;
import java.io.IOException;
import java.util.List;

/**
 * One migration as its destination sees it.
 *
 * <pre>
 *   OFFERED ─restore▶ READY (complete, stopped) ─commit▶ RUNNING
 *      └───────abort───────┴─────────▶ GONE
 * </pre>
 *
 * <p>Its methods are called by the desk, one at a time.
 */
final class Arrival {

    enum State {
        OFFERED,
        READY,
        RUNNING,
        GONE
    }

    private final NodeParts node;
    private final long migrationId;
    private final String source;
    private final MigrationFiles files;
    private final Undo undo = new Undo();
    private State state = State.OFFERED;
    private ServiceRecord record;
    private HostedService service;
    private Berth berth;
    private PlacedFiles placed;
    private boolean tidied;

    Arrival(NodeParts node, long migrationId, String source) {
        this.node = node;
        this.migrationId = migrationId;
        this.source = source;
        this.files = new MigrationFiles(node.transfers().directory(migrationId));
    }

    State state() {
        return state;
    }

    String source() {
        return source;
    }

    /** Makes the copy, complete and stopped; after a failure nothing is left of it. */
    Ready restore() throws IOException {
        try {
            return restoreStopped();
        } catch (IOException | RuntimeException e) {
            abort();
            throw e;
        }
    }

    private Ready restoreStopped() throws IOException {
        undo.add("delete the images", files::delete);
        record = RecordFile.read(files.record());
        placed = node.carriedFiles().place(files.carried());
        undo.add("remove the files that came along", placed::remove);
        long beganNs = System.nanoTime();
        Restored restored = node.criu().restore(
                new RestoreRequest(files.images(), node.places().capsule()).withOwn(placed.ownDirectories()));
        undo.add("kill the copy", () -> new Capsule(restored.initPid()).kill());
        long restoredNs = System.nanoTime();
        berth = Berth.make(node, record, restored.pid(), undo);
        AgentControl agent = AgentControl.open(restored.pid());
        undo.add("let its agent go", agent::close);
        try (FrozenService frozen = FrozenService.wakeAgentOnly(agent, true)) {
            List<OpenFile> open = FdTable.read(restored.pid());
            new HandOver(agent, FdTable.epollRegistrations(restored.pid(), open)).install(berth.replacements(open));
            berth.handedOver();
            frozen.stopWhenThawed();
        }
        service = new HostedService(
                record.serviceId(), record.name(), record.birthNode(), record.startedMs(), record.move(),
                restored.pid(), restored.initPid(), source, agent, berth.net(), berth.dummies());
        state = State.READY;
        return new Ready(restored.pid(), millis(beganNs, restoredNs), millis(restoredNs, System.nanoTime()));
    }

    /** The copy is ours: it runs. Asking again is harmless. */
    void commit() throws IOException {
        if (state == State.RUNNING) {
            return;
        }
        if (state != State.READY) {
            throw new IOException("migration " + migrationId + " is " + state + " here, there is nothing to commit");
        }
        node.commitLog().write(new CommitLog.Entry(migrationId, CommitLog.Word.MINE, source, service.pid()));
        undo.forget();
        state = State.RUNNING;
        node.services().add(service);
        berth.start();
        Posix.kill(service.pid(), Linux.SIGCONT);
        node.optionWatch().watch(service);
        node.socketReturn().expect(service.pid());
        node.services().watch(service);
    }

    /** What is left when the copy runs. */
    void tidy() throws IOException {
        if (tidied) {
            return;
        }
        tidied = true;
        placed.keep();
        files.delete();
        node.commitLog().forget(migrationId);
    }

    /** The service stays at its source: nothing of it remains here. */
    void abort() {
        if (state != State.RUNNING) {
            state = State.GONE;
            undo.close();
        }
    }

    private static int millis(long fromNs, long toNs) {
        return (int) ((toNs - fromNs) / 1_000_000);
    }
}
