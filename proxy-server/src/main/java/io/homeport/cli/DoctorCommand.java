package io.homeport.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "doctor", mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailure(ExitStatus.FAILED, "doctor is not there yet");
    }
}
