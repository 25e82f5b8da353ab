package io.homeport.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EpollSetTest {

    @Test
    void shouldTellASetUnderTwoNumbersFromTwoSets() throws Exception {
        int set = Posix.check(Posix.epollCreate(), "epoll_create1");
        int same = Posix.check(Posix.fcntl(set, Linux.F_DUPFD_CLOEXEC, 0), "dup");
        int other = Posix.check(Posix.epollCreate(), "epoll_create1");
        try {
            List<List<Integer>> numbers = EpollSet.of((int) ProcessHandle.current().pid(), List.of(file(set), file(other), file(same))).stream()
                    .map(one -> one.files().stream().map(OpenFile::fd).toList())
                    .toList();
            assertThat(numbers).containsExactly(List.of(set, same), List.of(other));
        } finally {
            for (int fd : new int[] {set, same, other}) {
                Posix.close(fd);
            }
        }
    }

    @Test
    void shouldFindSetsThatWatchANumberOrASetThatDoes() {
        EpollSet outer = set(5, 6);
        EpollSet inner = set(6, 7, 17);
        EpollSet elsewhere = set(8, 18);
        assertThat(EpollSet.watching(Set.of(17), List.of(outer, inner, elsewhere))).containsExactlyInAnyOrder(inner, outer);
        assertThat(EpollSet.watching(Set.of(19), List.of(outer, inner, elsewhere))).isEmpty();
    }

    @Test
    void shouldGatherWhatWatchesANumber() {
        Map<Integer, List<EpollRegistration>> watched = EpollSet.byWatched(List.of(set(5, 17, 18), set(6, 17)));
        assertThat(watched.get(17)).extracting(EpollRegistration::epollFd).containsExactly(5, 6);
        assertThat(watched.get(18)).extracting(EpollRegistration::epollFd).containsExactly(5);
        assertThat(watched).containsOnlyKeys(17, 18);
    }

    private static EpollSet set(int number, int... watched) {
        return new EpollSet(List.of(file(number)), java.util.Arrays.stream(watched).mapToObj(fd -> new EpollRegistration(number, fd, 1, fd)).toList());
    }

    private static OpenFile file(int number) {
        return new OpenFile(number, "anon_inode:[eventpoll]", Linux.O_RDWR);
    }
}
