package io.homeport.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code homeport bench}: the entry point; the launcher script starts it. */
@Command(subcommands = {IdleCommand.class, JmhCommand.class, MovesCommand.class, RelayCommand.class, SoakCommand.class, TomcatCommand.class})
public final class Bench extends WholeCommand {
    /** Runs one command and ends the JVM: 0 done, 1 failed, 2 wrong command line. HOMEPORT_DEBUG=1 shows stack traces. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Bench());
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            command.getErr().println("homeport bench: " + (thrown.getMessage() == null ? thrown : thrown.getMessage()));
            if ("1".equals(System.getenv("HOMEPORT_DEBUG"))) {
                thrown.printStackTrace(command.getErr());
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        int status = line.execute(arguments);
        System.out.flush();
        System.exit(status);
    }
}
