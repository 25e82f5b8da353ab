package io.homeport.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A command that this one is to become. Under the launcher it is handed over word by word (the shell then execs it, so
 * that no JVM stays beside a service); started without the launcher it runs as a child with our streams.
 */
final class CommandWords {
    private CommandWords() {}

    /** @return the exit status to end with */
    static int become(List<String> words) throws IOException, InterruptedException {
        String handOver = System.getProperty("homeport.words");
        if (handOver == null) {
            return new ProcessBuilder(words).inheritIO().start().waitFor();
        }
        byte[] bytes = (String.join("\0", words) + "\0").getBytes(StandardCharsets.UTF_8);
        Files.write(Path.of(handOver), bytes, StandardOpenOption.WRITE);
        return ExitStatus.OK;
    }
}
