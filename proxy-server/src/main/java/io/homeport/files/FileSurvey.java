package io.homeport.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which files a process needs, and whether they are here. Touches nothing. May be used by any thread.
 *
 * <p>CRIU itself asks for the type and the size of a file when it opens it again (criu/files-reg.c, validate_file), in the
 * middle of a restore; asking before anything is frozen names the obstacle in time, and the fingerprint finds another build
 * of the same size, too.
 */
public final class FileSurvey {
    private final PrivateDirectories privateDirectories;
    private final LeftBehind leftBehind;

    /**
     * @param privateDirectories whose files are carried
     * @param leftBehind what moved processes have left at this node
     */
    public FileSurvey(PrivateDirectories privateDirectories, LeftBehind leftBehind) {
        this.privateDirectories = privateDirectories;
        this.leftBehind = leftBehind;
    }

    /**
     * At the source: what a process needs. Reads a part of each file; takes some 20 ms for a JVM.
     *
     * @param pid as this process numbers it; it may be running
     * @throws IOException if there is no such process
     */
    public List<FileNeed> needs(int pid) throws IOException {
        Map<String, FileNeed> needs = new LinkedHashMap<>();
        for (ReferredFile file : ReferredFile.of(pid)) {
            ReferredFile named = file.deleted() ? directoryOf(file) : file;
            Path here = inside(pid, named.path());
            try {
                FileNeed need = need(named, here, FileFacts.of(here));
                needs.putIfAbsent(need.path(), need);
            } catch (NoSuchFileException | AccessDeniedException removedMeanwhile) {
                continue;
            }
        }
        return List.copyOf(needs.values());
    }

    /** At the destination: what stands against a process with these needs coming here; empty if nothing does. */
    public List<String> check(List<FileNeed> needs) {
        List<String> obstacles = new ArrayList<>();
        for (FileNeed need : needs) {
            String obstacle;
            try {
                obstacle = obstacle(need, Path.of(need.path()));
            } catch (IOException unreadable) {
                obstacle = need.path() + " cannot be read: " + unreadable.getMessage();
            }
            if (!obstacle.isEmpty()) {
                obstacles.add(obstacle);
            }
        }
        return obstacles;
    }

    /** The JDK of a JVM: two directories above the program it runs. */
    public static String javaHome(int pid) throws IOException {
        Path program = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"));
        Path home = program.getParent() == null ? null : program.getParent().getParent();
        return home == null ? "/" : home.toString();
    }

    /** A path of a process, as this process reaches it through another mount namespace or root directory. */
    static Path inside(int pid, String path) {
        return Path.of("/proc/" + pid + "/root" + path);
    }

    private FileNeed need(ReferredFile file, Path here, FileFacts facts) throws IOException {
        boolean contents = facts.regular() && !file.path().startsWith("/sys/");
        boolean sized = contents && !file.append();
        boolean compared = contents && !file.writable();
        return new FileNeed(
                file.path(), facts.mode(), sized ? facts.sizeBytes() : -1, file.writable(),
                privateDirectories.hold(file.path()), compared ? Fingerprint.of(here) : 0);
    }

    private static ReferredFile directoryOf(ReferredFile file) {
        Path parent = Path.of(file.path()).getParent();
        return new ReferredFile(parent == null ? "/" : parent.toString(), false, false, false);
    }

    private String obstacle(FileNeed need, Path here) throws IOException {
        FileFacts facts;
        try {
            facts = FileFacts.of(here);
        } catch (NoSuchFileException missing) {
            return need.carried() ? "" : need.path() + " is missing";
        }
        if (facts.type() != need.type()) {
            return need.path() + " is a " + FileType.name(facts.mode()) + " here and a " + FileType.name(need.mode()) + " there";
        }
        if (need.carried() && (need.writable() || leftBehind.holds(here, facts))) {
            return ""; // decided when it arrives: until then it may change at both ends
        }
        boolean grown = need.writable() && facts.sizeBytes() > need.sizeBytes();
        if (need.sizeBytes() >= 0 && facts.sizeBytes() != need.sizeBytes() && !grown) {
            return need.path() + " has " + facts.sizeBytes() + " bytes here and " + need.sizeBytes() + " there";
        }
        if (need.fingerprint() != 0 && need.fingerprint() != Fingerprint.of(here)) {
            return need.path() + " has other contents here than there";
        }
        return "";
    }
}
