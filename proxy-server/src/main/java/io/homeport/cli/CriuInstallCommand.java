package io.homeport.cli;

import io.homeport.config.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code homeport criu-install}: a working CRIU from Debian's packages, into a folder of its own. */
@Command(
        name = "criu-install",
        mixinStandardHelpOptions = true,
        description = {
            "Get a CRIU that works on this kernel: from Debian's own packages, signatures checked, unpacked into a",
            "folder of its own; nothing installed on the machine is changed. Prints the path of what to run."
        })
final class CriuInstallCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", hidden = true, description = "Passed on to scripts/get-criu.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path script = Installation.find().script("get-criu");
        if (!Files.isExecutable(script)) {
            throw new CommandFailure(ExitStatus.LACKING, script + " is missing: run this from a full checkout");
        }
        List<String> words = new ArrayList<>(List.of(script.toString()));
        words.addAll(arguments);
        return CommandWords.become(words);
    }
}
