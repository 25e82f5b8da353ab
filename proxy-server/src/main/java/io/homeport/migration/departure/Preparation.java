package io.homeport.migration.departure;

import io.homeport.capsule.Capsule;
import io.homeport.faults.FaultPoint;
import io.homeport.files.FileSurvey;
import io.homeport.handover.AgentControl;
import io.homeport.handover.LateAttach;
import io.homeport.link.CallException;
import io.homeport.link.Peer;
import io.homeport.link.TrafficClass;
import io.homeport.migration.contract.Messages;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.contract.Offer;
import io.homeport.posix.Posix;
import io.homeport.process.Fate;
import io.homeport.process.FateSurvey;
import io.homeport.process.FdFate;
import io.homeport.process.FdTable;
import io.homeport.process.OpenFile;
import io.homeport.process.ProcessStatus;
import io.homeport.process.ThreadFile;
import io.homeport.service.Futures;
import io.homeport.service.HostedService;
import io.homeport.service.ServiceDirectory;
import io.homeport.service.ServiceName;
import io.homeport.service.ServiceWord;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * The first step of a migration: looks for every obstacle and touches nothing but what a user would not mind (the agent
 * is loaded if it was not).
 *
 * <p>Used by the migration's thread.
 */
public final class Preparation {
    /** Room for the dummies' other ends and what the agent holds in between. */
    private static final int SPARE_FILES = 1024;
    /** For what others write meanwhile. */
    private static final long ROOM_RESERVE_BYTES = 16L << 20;

    /** Enough for some 30 GB. */
    private static final Duration MEMORY_PATIENCE = Duration.ofSeconds(60);

    private final NodeParts node;
    private final Peer destination;
    private final List<String> obstacles = new ArrayList<>();
    private boolean readsAsForeseen;

    public Preparation(NodeParts node, Peer destination) {
        this.node = node;
        this.destination = destination;
    }

    /**
     * Examines a process.
     *
     * @param pid as this daemon sees it
     * @throws ObstaclesException if it cannot even be asked
     * @throws IOException if there is no such process or no agent can be had
     */
    public Itinerary examine(int pid) throws IOException, ObstaclesException {
        if (!Capsule.awaitMemory(pid, MEMORY_PATIENCE)) {
            throw obstacle("the memory of process " + pid + " still comes from its last move: try again in a minute");
        }
        ProcessStatus status = ProcessStatus.read(pid);
        if (status.tracerPid() != 0) {
            throw obstacle("process " + pid + " is traced by process " + status.tracerPid()
                    + " (a debugger?): detach it, then try again");
        }
        if (status.state() == 'T') {
            throw obstacle("process " + pid + " is stopped: continue it (kill -CONT " + pid + "), then try again");
        }
        AgentControl agent = agent(pid);
        int pidfd = Posix.check(Posix.pidfdOpen(pid), "pidfd_open " + pid);
        long migrationId = node.deputies().newId();
        try {
            return examine(status, agent, pidfd, migrationId);
        } catch (IOException | RuntimeException e) {
            node.underway().end(migrationId);
            Posix.close(pidfd);
            throw e;
        }
    }

    private Itinerary examine(ProcessStatus status, AgentControl agent, int pidfd, long migrationId) throws IOException {
        int pid = status.pid();
        agent.instrument();
        HostedService service = service(pid);
        List<OpenFile> files = FdTable.read(pid);
        FateSurvey survey = new FateSurvey(pid, pidfd, node.namespaceCookie(), service::isDummy);
        List<FdFate> fates = survey.examine(files);
        lookForObstacles(status, fates);
        long ends = fates.stream().filter(fate -> fate.fate().getsDummy()).count();
        int numbers = files.isEmpty() ? 0 : files.get(files.size() - 1).fd() + 1;
        Posix.check(Posix.prlimitNofile(pid, numbers + ends + SPARE_FILES), "raising the file limit of " + pid);
        if (obstacles.isEmpty()) {
            offer(migrationId, service, status);
        }
        return new Itinerary(node.underway(), migrationId, service, agent, pidfd, survey, fates, readsAsForeseen, obstacles);
    }

    private static ObstaclesException obstacle(String text) {
        return new ObstaclesException(List.of(text));
    }

    /** One daemon, one connection to an agent: two would take each other's replies. */
    private AgentControl agent(int pid) throws IOException {
        HostedService known = node.services().find(pid).orElse(null);
        return known == null ? LateAttach.open(pid, node.places().agentJar()) : known.agent();
    }

    private HostedService service(int pid) throws IOException {
        HostedService known = node.services().find(pid).orElse(null);
        if (known != null) {
            return known;
        }
        int capsulePid = Capsule.of(pid).map(Capsule::initPid).orElse(0);
        long startedMs = ProcessHandle.of(pid)
                .flatMap(handle -> handle.info().startInstant())
                .map(java.time.Instant::toEpochMilli)
                .orElse(0L);
        List<String> commandLine = ServiceDirectory.commandLine(pid);
        return new HostedService(node.deputies().newId(), ServiceName.of(commandLine), node.name(), startedMs, 0, pid, capsulePid, null, null, null,
                List.of(), ServiceWord.linkPolicy(commandLine).orElse(null));
    }

    private void lookForObstacles(ProcessStatus status, List<FdFate> fates) throws IOException {
        int pid = status.pid();
        for (FdFate fate : fates) {
            if (fate.fate() == Fate.REFUSED) {
                obstacles.add("fd " + fate.fd() + " (" + fate.file().target() + "): " + fate.detail());
            }
        }
        node.criu().obstacle(pid).ifPresent(obstacles::add);
        childrenOf(pid).ifPresent(obstacles::add);
        lookForRoom(status);
        lookForStreams(fates);
        for (TrafficClass lane : TrafficClass.values()) {
            if (!destination.up(lane)) {
                obstacles.add("node " + destination.node() + " cannot be reached (" + lane
                        + " lane is down): is its daemon running?");
                return;
            }
        }
    }

    /** What a process with children is refused with. */
    static Optional<String> childrenOf(int pid) throws IOException {
        List<Integer> children = ThreadFile.children(pid);
        return children.isEmpty() ? Optional.empty() : Optional.of("process " + pid + " has a child, process "
                + children.stream().map(String::valueOf).collect(Collectors.joining(", another, process "))
                + ": only a JVM without child processes can move; end it first");
    }

    private void lookForStreams(List<FdFate> fates) throws IOException {
        long streams = fates.stream().filter(fate -> fate.fate().becomesStream()).count();
        int room = Futures.join(node.streams().room());
        if (streams > room) {
            obstacles.add("node " + node.name() + " has room for " + room + " streams more, the process has " + streams
                    + " sockets that become some: raise limits.streams here, or move something home");
        }
    }

    private void lookForRoom(ProcessStatus status) throws IOException {
        long room = Files.getFileStore(node.places().images()).getUsableSpace();
        if (room < status.residentBytes() + ROOM_RESERVE_BYTES) {
            obstacles.add("only " + (room >> 20) + " MB free in " + node.places().images() + ", the images for "
                    + destination.node() + " may take " + (status.residentBytes() >> 20)
                    + " MB: make room or set stateDir to another file system");
        }
    }

    /** The itinerary ends what begins here. */
    private void offer(long migrationId, HostedService service, ProcessStatus status) throws IOException {
        Offer offer = new Offer(
                migrationId, service.name(), FileSurvey.javaHome(service.pid()), status.residentBytes(),
                node.fileSurvey().needs(service.pid()), node.cpuInfo());
        node.underway().begin(migrationId, service.name());
        try {
            node.faults().reach(FaultPoint.OFFER_BEFORE);
            byte[] reply = destination.call(Messages.OFFER, offer.encode(), node.callTimeout()).join();
            node.faults().reach(FaultPoint.OFFER_AFTER);
            Offer.Reply answer = Offer.decodeReply(reply);
            answer.obstacles().forEach(text -> obstacles.add("node " + destination.node() + ": " + text));
            readsAsForeseen = answer.readsAsForeseen();
        } catch (CompletionException e) {
            if (e.getCause() instanceof CallException call) {
                obstacles.add("node " + destination.node() + " does not answer: " + call.getMessage());
            } else {
                throw e;
            }
        } catch (IOException e) {
            obstacles.add("the offer to node " + destination.node() + " failed: " + e.getMessage() + "; try again");
        }
    }
}
