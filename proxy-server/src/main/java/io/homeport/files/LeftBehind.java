package io.homeport.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What processes that have moved away left in this node's private directories, each file as it was then. When a process
 * comes back with a newer state of such a file, the old one, if nobody has touched it since, is no stranger's and gives way.
 *
 * <p>Kept in one small file, rewritten as a whole; a node's migration threads take turns.
 */
public final class LeftBehind {
    private static final int FILES_MAX = 10_000;

    private final Path ledger;

    /** Kept in the file {@code ledger}, which need not exist yet; its directory must. */
    public LeftBehind(Path ledger) {
        this.ledger = ledger;
    }

    /** Whether {@code file}, of which {@code facts} were just read, is as a moved process left it. */
    synchronized boolean holds(Path file, FileFacts facts) throws IOException {
        return stamp(facts).equals(read().get(file.toString()));
    }

    /** Adds files as they are now; the oldest entries give way to new ones beyond 10,000. */
    synchronized void add(List<Path> files) throws IOException {
        Map<String, String> entries = read();
        for (Path file : files) {
            Optional<FileFacts> facts = FileFacts.unfollowed(file);
            entries.remove(file.toString());
            if (facts.isPresent() && facts.get().regular()) {
                entries.put(file.toString(), stamp(facts.get()));
            }
        }
        List<String> lines = new ArrayList<>();
        entries.forEach((path, stamp) -> lines.add(stamp + "\t" + Manifest.escaped(path)));
        Path aside = ledger.resolveSibling(ledger.getFileName() + ".new");
        Files.write(aside, lines.subList(Math.max(0, lines.size() - FILES_MAX), lines.size()));
        Files.move(aside, ledger, StandardCopyOption.ATOMIC_MOVE);
    }

    private Map<String, String> read() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(ledger)) {
                int tab = line.indexOf('\t');
                entries.put(Manifest.unescaped(line.substring(tab + 1)), line.substring(0, tab));
            }
        } catch (NoSuchFileException none) {
            return entries;
        }
        return entries;
    }

    private static String stamp(FileFacts facts) {
        return facts.device() + ":" + facts.inode() + ":" + facts.sizeBytes() + ":" + facts.modifiedMs();
    }
}
