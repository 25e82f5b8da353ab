package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.report.DryRunReport;
import io.homeport.report.Json;
import io.homeport.system.thirdparty.IoUringService;
import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.service.Service;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the dry run tells, and what is refused before anything is touched; each service goes on as if nothing had been. */
@ExtendWith(HarbourExtension.class)
class RefusalsSystemTest {
    private static final int OBSTACLES = 3;

    @Test
    void shouldListEveryDescriptorAndTouchNothing(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            move.connect("socket");
            move.connect("selector");
            MovedService service = move.service();
            String before = descriptors(harbour, service);
            Harbour.Ended ended = service.tryMoveTo(Harbour.BETA, "--dry-run", "--json");
            assertThat(ended.status()).as(ended.output()).isZero();
            DryRunReport report = Json.read(ended.output().strip(), DryRunReport.class);
            assertThat(report.obstacles()).isEmpty();
            List<Integer> told = report.descriptors().stream().flatMap(d -> d.fds().stream()).sorted().toList();
            assertThat(told).as("every descriptor has a fate").containsAll(before.lines().map(Integer::valueOf).toList());
            assertThat(report.descriptors()).allSatisfy(descriptor -> assertThat(descriptor.fate()).isNotBlank());
            assertThat(report.descriptors().stream().filter(d -> d.fate().contains("TCP listener")).count()).isGreaterThanOrEqualTo(7);
            assertThat(report.descriptors().stream().filter(d -> d.fate().contains("TCP connection")).count()).isGreaterThanOrEqualTo(7);
            assertThat(harbour.homeport(Harbour.ALPHA, "migrate", service.name(), "--to", "beta", "--dry-run").output())
                    .contains("FATE", "listening on", "nothing was touched");
            assertThat(descriptors(harbour, service)).isEqualTo(before);
            move.fleet().assertProgress("after the dry run");
            move.check();
        }
    }

    @Test
    void shouldRefuseIoUring(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), IoUringService.class))) {
            Assumptions.assumeTrue(move.service().has("io-uring"), "io_uring is not available on this kernel");
            move.fleet().connect("io_uring", harbour.address(Harbour.ALPHA), move.service().port("io-uring"), Pace.ACTIVE);
            assertRefused(move, Harbour.BETA, "io_uring");
            move.check();
        }
    }

    @Test
    void shouldRefuseAFileThatIsMissingOrDifferentThere(Harbour harbour) throws Exception {
        try (AutoCloseable disks = ownDisks(harbour);
                Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            assertThat(disks).isNotNull();
            move.connect("socket");
            move.service().ask("map /mnt/one");
            assertRefused(move, Harbour.BETA, "/mnt/one");
            move.service().ask("map /mnt/two");
            assertRefused(move, Harbour.BETA, "/mnt/two");
            move.check();
        }
    }

    /** The directory is not there, and nothing that the service has open brings it along. */
    @Test
    void shouldRefuseAWorkingDirectoryThatIsMissingThere(Harbour harbour) throws Exception {
        try (AutoCloseable disks = ownDisks(harbour);
                Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class).inDirectory("/mnt/only-here"))) {
            assertThat(disks).isNotNull();
            move.connect("socket");
            assertRefused(move, Harbour.BETA, "/mnt/only-here");
            move.check();
        }
    }

    @Test
    void shouldRefuseAProcessThatIsBeingTraced(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class).with(Launch.Manner.AGENT))) {
            move.connect("socket");
            Process tracer = harbour.exec(Harbour.ALPHA, List.of("python3", "-c", TRACER, Long.toString(move.service().pid())))
                    .redirectErrorStream(true)
                    .start();
            assertThat(tracer.inputReader().readLine()).isEqualTo("tracing");
            try {
                assertRefused(move, Harbour.BETA, "traced");
            } finally {
                tracer.getOutputStream().close();
                tracer.waitFor();
            }
            move.along(Harbour.BETA);
            move.check();
        }
    }

    /** No pipe leads to it, which would be an obstacle of its own. */
    @Test
    void shouldRefuseAProcessThatHasAChild(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            move.connect("socket");
            String child = move.service().ask("begin-child");
            assertRefused(move, Harbour.BETA, "has a child, process ");
            assertThat(move.service().ask("end-child")).as("it lived on").isEqualTo(child);
            move.along(Harbour.BETA);
            move.check();
        }
    }

    @Test
    void shouldRefuseAnUnknownNodeAndAnUnknownService(Harbour harbour) throws Exception {
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            move.connect("socket");
            Harbour.Ended nowhere = move.service().tryMoveTo("delta");
            assertThat(nowhere.status()).as(nowhere.output()).isNotZero();
            assertThat(nowhere.output()).contains("delta");
            Harbour.Ended nobody = harbour.homeport(Harbour.ALPHA, "migrate", "nobody", "--to", "beta");
            assertThat(nobody.status()).as(nobody.output()).isNotZero();
            assertThat(nobody.output()).contains("nobody");
            move.fleet().assertProgress("after two refusals");
            move.check();
        }
    }

    /** PTRACE_SEIZE is 0x4206; the tracer lets go when its input ends. */
    private static final String TRACER = """
            import ctypes, sys
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.ptrace(0x4206, int(sys.argv[1]), None, None) != 0:
                print('errno', ctypes.get_errno(), flush=True)
            print('tracing', flush=True)
            sys.stdin.read()
            """;

    /** A disk on /mnt at alpha and at beta, with different files: /tmp and /run would be carried along. */
    private static AutoCloseable ownDisks(Harbour harbour) throws Exception {
        harbour.shell(Harbour.ALPHA, "mount -t tmpfs disk /mnt; mkdir /mnt/only-here; echo here > /mnt/one; echo here > /mnt/two");
        harbour.shell(Harbour.BETA, "mount -t tmpfs disk /mnt; echo elsewhere > /mnt/two");
        return () -> {
            harbour.shell(Harbour.ALPHA, "umount --lazy /mnt");
            harbour.shell(Harbour.BETA, "umount --lazy /mnt");
        };
    }

    private static void assertRefused(Move move, String destination, String reason) throws Exception {
        Harbour.Ended dry = move.service().tryMoveTo(destination, "--dry-run");
        assertThat(dry.status()).as(dry.output()).isEqualTo(OBSTACLES);
        assertThat(dry.output()).contains(reason);
        Harbour.Ended real = move.service().tryMoveTo(destination);
        assertThat(real.status()).as(real.output()).isEqualTo(OBSTACLES);
        assertThat(real.output()).contains(reason);
        move.fleet().assertProgress("after a refusal because of " + reason);
    }

    /** Numbers of the service's open descriptors, as /proc at alpha lists them. */
    private static String descriptors(Harbour harbour, MovedService service) throws Exception {
        String find = "for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/cmdline 2>/dev/null | grep -qx -- '-Dhomeport.name=" + service.name()
                + "' && case $(readlink $p/exe) in */java) ls $p/fd | sort -n;; esac; done; true";
        return harbour.shell(Harbour.ALPHA, find).output().strip();
    }
}
