package io.homeport.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "ps", mixinStandardHelpOptions = true)
final class PsCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailure(ExitStatus.FAILED, "ps is not there yet");
    }
}
