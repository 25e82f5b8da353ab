package io.homeport.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "ca", mixinStandardHelpOptions = true)
final class CaCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailure(ExitStatus.FAILED, "ca is not there yet");
    }
}
