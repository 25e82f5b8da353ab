package io.homeport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.local.LocalMessage.Progress;
import io.homeport.report.DryRunReport;
import io.homeport.report.Json;
import io.homeport.report.MigrationReport;
import io.homeport.report.NodeStatus;
import io.homeport.report.ServiceList;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTextTest {
    @Test
    void shouldShowServicesAndWhereTheirSocketsAreBound() {
        ServiceList list = new ServiceList("beta", List.of(new ServiceList.Service(
                "echo", 1001, "root", "java -jar echo.jar", "alpha", "gamma", 2, true, List.of(
                        new ServiceList.Socket(List.of(7), "LISTENER", "10.77.1.1:8080", null, "alpha", "eth0", null),
                        new ServiceList.Socket(List.of(9, 12), "TCP", "10.77.1.1:8080", "10.77.1.254:40000", "alpha", null,
                                "waits 2 s for a way to alpha (eth0 DOWN: no answer)")),
                List.of("10.77.1.1:8080 - 10.77.1.254:40001: reset, no way to node alpha"))));

        assertThat(PsCommand.table(Json.read(Json.write(list), ServiceList.class))).isEqualTo("""
                SERVICE  PID   USER  BORN AT  CAME FROM  MOVES  SOCKETS  COMMAND
                echo     1001  root  alpha    gamma      2      2        java -jar echo.jar

                echo (1001)
                  FD    KIND      LOCAL           PEER               BOUND AT  BY
                  7     LISTENER  10.77.1.1:8080                     alpha     eth0
                  9,12  TCP       10.77.1.1:8080  10.77.1.254:40000  alpha     waits 2 s for a way to alpha (eth0 DOWN: no answer)
                  lost 10.77.1.1:8080 - 10.77.1.254:40001: reset, no way to node alpha
                """);
        assertThat(PsCommand.table(new ServiceList("beta", List.of()))).contains("no services on beta", "homeport run");
    }

    @Test
    void shouldShowEveryLinkAndWhyItIsNotUp() {
        NodeStatus status = new NodeStatus("beta", "1", 7, 60_000, 0, List.of(new NodeStatus.PeerStatus("alpha", "10.77.1.1:7707", false, List.of(
                new NodeStatus.LinkStatus("eth0", "10.77.1.1:7707", "UP", "", 61_000, 240, 1_500, 72_300_000),
                new NodeStatus.LinkStatus("eth1", "10.77.2.1:7707", "DOWN", "no answer within 1000 ms", 4_000, -1, 0, 0)))), "own");

        assertThat(LinksCommand.table(Json.read(Json.write(status), NodeStatus.class))).isEqualTo("""
                NODE   LINK  ADDRESS         STATE  SINCE  ROUND TRIP  SENT    RECEIVED
                alpha  eth0  10.77.1.1:7707  UP     61 s   0.2 ms      1.5 KB  72.3 MB
                alpha  eth1  10.77.2.1:7707  DOWN   4 s    -           0 B     0 B       no answer within 1000 ms
                """);
    }

    @Test
    void shouldShowEveryDescriptorsFateAndEveryObstacle() {
        DryRunReport report = new DryRunReport("echo", 1001, "alpha", "beta", List.of(
                new DryRunReport.Descriptor(List.of(0, 1, 2), "/dev/null", "saved in the image", ""),
                new DryRunReport.Descriptor(List.of(5), "anon_inode:[io_uring]", "cannot be moved", "io_uring")),
                List.of("fd 5: io_uring cannot be saved: turn it off"));

        assertThat(MigrateCommand.table(Json.read(Json.write(report), DryRunReport.class))).isEqualTo("""
                echo (1001) from alpha to beta, dry run: nothing was touched
                  FD     WHAT                   FATE
                  0,1,2  /dev/null              saved in the image
                  5      anon_inode:[io_uring]  cannot be moved     io_uring
                It cannot move:
                  - fd 5: io_uring cannot be saved: turn it off
                """);
    }

    @Test
    void shouldSumUpAMigration() {
        MigrationReport report = new MigrationReport("echo", 1001, "alpha", "beta", 341.2, 2_412, 72_300_000, 6,
                List.of(new MigrationReport.StepTime("prepare", 4.25), new MigrationReport.StepTime("checkpoint", 90)));

        assertThat(MigrateCommand.summary(Json.read(Json.write(report), MigrationReport.class))).isEqualTo("""
                echo runs on beta as 1001: silent for 341 ms, 72.3 MB moved, 6 sockets kept, 2.41 s in all
                  prepare 4.3 ms, checkpoint 90 ms
                """);
    }

    @Test
    void shouldPrintOnePlainLinePerStepWhereThereIsNoTerminal() {
        assertThat(shown(false)).isEqualTo("  prepare     asking beta\n  transfer    images, 0 B of 2.0 KB\n");
    }

    @Test
    void shouldRewriteTheLineOnATerminal() {
        assertThat(shown(true))
                .contains("images, 1.0 KB of 2.0 KB  [############............]")
                .endsWith("\r\033[K  transfer    images, 2.0 KB of 2.0 KB\n");
    }

    private static String shown(boolean terminal) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressDisplay display = new ProgressDisplay(new PrintStream(bytes), terminal);
        display.show(new Progress("prepare", "asking beta", 0, 0));
        for (long done = 0; done <= 2_000; done += 1_000) {
            display.show(new Progress("transfer", "images", done, 2_000));
        }
        display.end();
        return bytes.toString();
    }
}
