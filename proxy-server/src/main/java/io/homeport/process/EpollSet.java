package io.homeport.process;

import io.homeport.posix.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntHashSet;

/**
 * An epoll set of a process, and what it watches.
 *
 * @param files the numbers that it is under, the lowest first
 * @param registrations by the first of these numbers
 */
public record EpollSet(List<OpenFile> files, List<EpollRegistration> registrations) {

    /** Those among a process's open files. */
    public static List<EpollSet> of(int pid, List<OpenFile> open) throws IOException {
        return of(pid, open, open.size());
    }

    /** Those among some of its open files. @param most of how many files each is expected to watch at most */
    public static List<EpollSet> of(int pid, List<OpenFile> open, int most) throws IOException {
        List<List<OpenFile>> groups = new ArrayList<>();
        for (OpenFile file : open) {
            if (file.isEpoll()) {
                groupOf(pid, file, groups).add(file);
            }
        }
        List<EpollSet> sets = new ArrayList<>();
        for (List<OpenFile> group : groups) {
            sets.add(new EpollSet(group, FdTable.registrations(pid, group.get(0).fd(), most)));
        }
        return sets;
    }

    /** Links in /proc do not tell one set from another. */
    private static List<OpenFile> groupOf(int pid, OpenFile set, List<List<OpenFile>> groups) throws IOException {
        for (List<OpenFile> group : groups) {
            if (Posix.check(Posix.sameFile(pid, group.get(0).fd(), set.fd()), "comparing epoll sets of process " + pid) > 0) {
                return group;
            }
        }
        groups.add(new ArrayList<>());
        return groups.get(groups.size() - 1);
    }

    /** Every registration in them, by the number that it watches. */
    public static Map<Integer, List<EpollRegistration>> byWatched(List<EpollSet> sets) {
        Map<Integer, List<EpollRegistration>> watched = new Int2ObjectHashMap<>();
        for (EpollSet set : sets) {
            for (EpollRegistration one : set.registrations()) {
                List<EpollRegistration> others = watched.put(one.fd(), List.of(one));
                if (others != null) {
                    List<EpollRegistration> all = new ArrayList<>(others);
                    all.add(one);
                    watched.put(one.fd(), all);
                }
            }
        }
        return watched;
    }

    /** Those that watch one of these numbers, or another set that does. */
    public static List<EpollSet> watching(Set<Integer> numbers, List<EpollSet> sets) {
        IntHashSet watched = new IntHashSet();
        watched.addAll(numbers);
        List<EpollSet> found = new ArrayList<>();
        List<EpollSet> others = new ArrayList<>(sets);
        List<EpollSet> more;
        do {
            more = others.stream().filter(set -> set.watchesAny(watched)).toList();
            found.addAll(more);
            others.removeAll(more);
            more.forEach(set -> set.files().forEach(file -> watched.add(file.fd())));
        } while (!more.isEmpty());
        return found;
    }

    private boolean watchesAny(IntHashSet numbers) {
        return registrations.stream().anyMatch(one -> numbers.contains(one.fd()));
    }
}
