package io.homeport.bench.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which contenders cannot take part because a program is not installed. Pure, but for the look at the directories.
 *
 * @param contenders left out
 */
public record MissingPrograms(List<Contender> contenders) {
    /** Looks for the programs of these contenders in directories, separated as in PATH. */
    public static MissingPrograms of(Collection<Contender> wanted, String path) {
        List<Contender> missing = new ArrayList<>();
        for (Contender contender : wanted) {
            boolean there = contender.program()
                    .map(program -> installed(program, path))
                    .orElse(true);
            if (!there) {
                missing.add(contender);
            }
        }
        return new MissingPrograms(List.copyOf(missing));
    }

    /** Whether a program is in one of these directories, separated as in PATH. */
    public static boolean installed(String program, String path) {
        return Stream.of(path.split(":")).anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** What to tell the user and to write below the table; empty if nothing is missing. */
    public Optional<String> note() {
        if (contenders.isEmpty()) {
            return Optional.empty();
        }
        String names = contenders.stream().map(Contender::toString).collect(Collectors.joining(", "));
        String packages = contenders.stream().map(Contender::debianPackage).distinct().collect(Collectors.joining(" "));
        return Optional.of("left out, not installed: " + names + " (apt-get install " + packages + ")");
    }
}
