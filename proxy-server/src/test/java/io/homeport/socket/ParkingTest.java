package io.homeport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.posix.Errno;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParkingTest {
    private static final int MANY = 2 * Parking.BATCH + 7;

    @Test
    void shouldShowFilesInTheirOrderAsOftenAsAskedAndHoldNoNumberOfThem() throws Exception {
        int[] pipes = new int[MANY];
        try (Parking parking = Parking.open()) {
            List<String> parked = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                pipes[i] = pipe(parked);
            }
            parking.put(pipes);
            closeAll(pipes);
            assertThat(open()).doesNotContainAnyElementsOf(parked);
            for (int atOnce : new int[] {1, Parking.BATCH, 10_000}) {
                assertThat(seen(parking, atOnce)).isEqualTo(parked);
                assertThat(open()).doesNotContainAnyElementsOf(parked);
            }
        }
    }

    @Test
    void shouldTakeFilesOfAProcessWithoutANumberOfItsOwn() throws Exception {
        int[] pipes = new int[MANY];
        int pidfd = Posix.check(Posix.pidfdOpen((int) ProcessHandle.current().pid()), "pidfd_open");
        try (Parking parking = Parking.open()) {
            List<String> taken = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                pipes[i] = pipe(taken);
            }
            parking.take(pidfd, pipes);
            closeAll(pipes);
            assertThat(open()).doesNotContainAnyElementsOf(taken);
            assertThat(seen(parking, 10_000)).isEqualTo(taken);
            assertThatThrownBy(() -> parking.take(pidfd, new int[] {pidfd, 1 << 20})).hasMessageContaining("taking over fds " + pidfd + " to ");
            assertThat(parking.batches()).hasSize(3);
        } finally {
            Posix.close(pidfd);
        }
    }

    @Test
    void shouldLeaveWhatSomebodyKeeps() throws Exception {
        List<Integer> kept = new ArrayList<>();
        try (Parking parking = Parking.open()) {
            int[] pipes = {pipe(new ArrayList<>()), pipe(new ArrayList<>())};
            parking.put(pipes);
            closeAll(pipes);
            parking.look(1, (first, fds) -> {
                kept.add(fds[1]);
                fds[1] = -1;
            });
        }
        assertThat(Posix.fcntl(kept.get(0), Linux.F_GETFD, 0)).isEqualTo(Linux.FD_CLOEXEC);
        assertThat(Posix.close(kept.get(0))).isZero();
    }

    /** As the next daemon, to which the keeper gives the one descriptor. */
    @Test
    void shouldGoOnWithWhatAnotherHasParked() throws Exception {
        Parking parking = Parking.open();
        List<String> parked = new ArrayList<>();
        int[] pipes = {pipe(parked)};
        parking.put(pipes);
        closeAll(pipes);
        seen(parking, 1);
        int kept = Posix.fcntl(parking.fd(), Linux.F_DUPFD_CLOEXEC, 0);
        parking.close();
        try (Parking next = Parking.of(kept)) {
            assertThat(seen(next, Parking.BATCH)).isEqualTo(parked);
        }
        assertThat(Posix.close(kept)).isEqualTo(-Errno.EBADF);
    }

    private static List<String> seen(Parking parking, int atOnce) throws Exception {
        List<String> seen = new ArrayList<>();
        parking.look(atOnce, (first, fds) -> {
            assertThat(first).isEqualTo(seen.size());
            for (int fd : fds) {
                seen.add(target(fd));
            }
        });
        return seen;
    }

    private static int pipe(List<String> targets) throws Exception {
        int[] pipe = new int[2];
        Posix.check(Posix.pipe2(Linux.O_CLOEXEC, pipe), "pipe");
        Posix.close(pipe[1]);
        targets.add(target(pipe[0]));
        return pipe[0];
    }

    private static String target(int fd) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
    }

    private static void closeAll(int[] fds) {
        for (int fd : fds) {
            Posix.close(fd);
        }
    }

    /** What this process has a number of. */
    private static Set<String> open() throws Exception {
        Set<String> targets = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path file : files) {
                try {
                    targets.add(Files.readSymbolicLink(file).toString());
                } catch (IOException closed) {
                    continue; // another thread's
                }
            }
        }
        return targets;
    }
}
