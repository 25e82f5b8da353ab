package io.homeport.bench.moves;

import io.homeport.lab.LabNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs a command in a node to its end. The command's thread. */
public final class Command {
    private Command() {}

    /** @return its standard output. @throws IOException with its standard error unless it ends with status 0 */
    public static String run(LabNode node, List<String> words) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("homeport-bench-", ".err");
        try {
            Process process = node.exec(words)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("status " + status + " on " + node.name() + ": " + (Files.readString(errors) + output).strip());
            }
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
