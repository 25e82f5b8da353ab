package io.homeport.migration.contract;

import io.homeport.criu.Criu;
import io.homeport.criu.CriuException;
import io.homeport.estate.Estate;
import io.homeport.faults.Faults;
import io.homeport.files.CarriedFiles;
import io.homeport.files.FileSurvey;
import io.homeport.files.LeftBehind;
import io.homeport.files.PrivateDirectories;
import io.homeport.link.Links;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.process.SocketFacts;
import io.homeport.service.HostedServices;
import io.homeport.service.OptionWatch;
import io.homeport.service.SocketReturn;
import io.homeport.stream.Deputies;
import io.homeport.stream.StreamPlane;
import io.homeport.stream.Stubs;
import io.homeport.transfer.Transfers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a migration uses of its node.
 *
 * @param name the node's name
 * @param links to the other nodes
 * @param streams the deputies and stubs
 * @param transfers sends and receives images
 * @param criu saves and restores processes
 * @param cpuInfo CRIU's cpuinfo image of this machine; empty if it could not be taken
 * @param fileSurvey knows which files a process needs
 * @param carriedFiles takes files of private directories along
 * @param commitLog the durable word on who owns a service
 * @param underway the migrations that leave this node
 * @param services those that have moved here
 * @param socketReturn gives real sockets back
 * @param optionWatch hears of socket options
 * @param estate what outlives this daemon
 * @param faults what goes wrong in tests
 * @param places files and directories
 * @param namespaceCookie of this node's own network namespace (SO_NETNS_COOKIE)
 * @param callTimeout for one request to another node
 * @param restoreTimeout for a restore at another node
 */
public record NodeParts(
        String name,
        Links links,
        StreamPlane streams,
        Transfers transfers,
        Criu criu,
        byte[] cpuInfo,
        FileSurvey fileSurvey,
        CarriedFiles carriedFiles,
        CommitLog commitLog,
        Underway underway,
        HostedServices services,
        SocketReturn socketReturn,
        OptionWatch optionWatch,
        Estate estate,
        Faults faults,
        Places places,
        long namespaceCookie,
        Duration callTimeout,
        Duration restoreTimeout) {

    /**
     * Files and directories.
     *
     * @param images where images of leaving processes are made; on tmpfs
         * @param commits the commit log
     * @param capsule the program homeport-capsule
     * @param agentJar what is loaded into a JVM that was started without the agent
     */
    public record Places(Path images, Path commits, Path capsule, Path agentJar) {}

    /** Puts the parts together; asks CRIU for the CPU and the kernel for this network namespace. */
    public static NodeParts of(
            String name,
            Links links,
            StreamPlane streams,
            Transfers transfers,
            Criu criu,
            Estate estate,
            Faults faults,
            Places places,
            Duration callTimeout,
            Duration restoreTimeout)
            throws IOException {
        HostedServices services = new HostedServices(estate.services());
        PrivateDirectories privateDirectories = PrivateDirectories.USUAL;
        long namespaceCookie = ownNamespaceCookie();
        CommitLog commitLog = new CommitLog(places.commits());
        LeftBehind leftBehind = new LeftBehind(places.commits().resolve("left-behind"));
        return new NodeParts(
                name,
                links,
                streams,
                transfers,
                criu,
                cpuInfo(criu),
                new FileSurvey(privateDirectories, leftBehind),
                new CarriedFiles(privateDirectories, leftBehind),
                commitLog,
                new Underway(commitLog),
                services,
                new SocketReturn(streams, services, namespaceCookie),
                new OptionWatch(streams),
                estate,
                faults,
                places,
                namespaceCookie,
                callTimeout,
                restoreTimeout);
    }

    public Deputies deputies() {
        return streams.deputies();
    }

    public Stubs stubs() {
        return streams.stubs();
    }

    private static byte[] cpuInfo(Criu criu) {
        try {
            return criu.cpuInfo();
        } catch (CriuException e) {
            org.slf4j.LoggerFactory.getLogger(NodeParts.class)
                    .warn("CPUs of different nodes will not be compared: {}", e.getMessage());
            return new byte[0];
        }
    }

    private static long ownNamespaceCookie() throws IOException {
        int socket = Posix.check(Posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0), "socket");
        try {
            return SocketFacts.of(socket).namespaceCookie();
        } finally {
            Posix.close(socket);
        }
    }
}
