package io.homeport.process;

import java.util.List;
import java.util.Map;

/**
 * One number of a process's descriptor table with all that has to be put back when another file comes under it.
 *
 * @param fd the number
 * @param flags the open flags of the file there, as {@link OpenFile#flags}
 * @param registrations what epoll sets watch it for
 */
public record Descriptor(int fd, int flags, List<EpollRegistration> registrations) {

    /** What these entries of a table are, with what watches them ({@link EpollSet#byWatched}). */
    public static List<Descriptor> of(List<OpenFile> files, Map<Integer, List<EpollRegistration>> registrations) {
        return files.size() == 1
                ? List.of(of(files.get(0), registrations)) // as nearly always
                : files.stream().map(file -> of(file, registrations)).toList();
    }

    private static Descriptor of(OpenFile file, Map<Integer, List<EpollRegistration>> registrations) {
        return new Descriptor(file.fd(), file.flags(), registrations.getOrDefault(file.fd(), List.of()));
    }

    public boolean closeOnExec() {
        return new OpenFile(fd, "", flags).closeOnExec();
    }

    /** The file status flags that can be set on another file: see {@link OpenFile#settableFlags}. */
    public int settableFlags() {
        return new OpenFile(fd, "", flags).settableFlags();
    }
}
