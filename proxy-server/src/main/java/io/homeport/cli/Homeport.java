package io.homeport.cli;

import io.homeport.ca.CaCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code homeport}: the entry point of every command. The launcher script at the top level starts it. */
@Command(
        name = "homeport",
        mixinStandardHelpOptions = true,
        versionProvider = Homeport.Version.class,
        description = {"Moves a live JVM to another node; its sockets stay in their home port.", ""},
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            NodeCommand.class,
            RunCommand.class,
            PsCommand.class,
            LinksCommand.class,
            MigrateCommand.class,
            LabCommand.class,
            CaCommand.class,
            DoctorCommand.class,
            CriuInstallCommand.class
        },
        footer = {
            "",
            "The launcher adds:  homeport demo [--moves N --seed S --json]    homeport bench",
            "",
            "Exit status: 0 done, 1 failed, 2 wrong command line or configuration, 3 the process cannot be moved,",
            "             4 no daemon or lab answers, 5 this machine lacks something."
        })
public final class Homeport implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Runs one command and ends the JVM with its status, see {@link ExitStatus}. */
    public static void main(String[] arguments) {
        int status = commandLine().execute(arguments);
        System.out.flush();
        System.exit(status);
    }

    /** The parser with all its commands; tests call it without ending the JVM. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Homeport());
        // What follows a node's name or a command's first word belongs to that command, not to us.
        line.getSubcommands().get("lab").getSubcommands().get("exec").setStopAtPositional(true);
        line.getSubcommands().get("run").setStopAtPositional(true);
        line.setParameterExceptionHandler(Complaints::badUsage);
        line.setExecutionExceptionHandler(Complaints::failed);
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    /** The version Maven wrote into the jar's manifest, and the Java it runs on. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Homeport.class.getPackage().getImplementationVersion();
            return new String[] {
                "homeport " + (version == null ? "(not packaged)" : version) + ", Java " + Runtime.version()
            };
        }
    }
}
