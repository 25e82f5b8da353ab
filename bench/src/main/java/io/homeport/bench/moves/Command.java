package io.homeport.bench.moves;

import io.homeport.lab.LabNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a command in a node or on the host to its end. The command's thread. */
public final class Command {
    private Command() {}

    /** @return its standard output. @throws IOException with its standard error unless it ends with status 0 */
    public static String run(LabNode node, List<String> words) throws IOException, InterruptedException {
        return run(node.name(), node.exec(words));
    }

    /** A script for bash, run on the host. @return its standard output. @throws IOException as {@link #run} does */
    static String runOnHost(String script, List<String> arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("/bin/bash", "-c", script, "by-hand"));
        words.addAll(arguments);
        return run("the host", new ProcessBuilder(words));
    }

    private static String run(String where, ProcessBuilder command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("homeport-bench-", ".err");
        try {
            Process process = command
                    .redirectInput(new File("/dev/null"))
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("status " + status + " on " + where + ": " + (Files.readString(errors) + output).strip());
            }
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
