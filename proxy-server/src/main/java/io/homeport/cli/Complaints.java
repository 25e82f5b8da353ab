package io.homeport.cli;

import io.homeport.config.ConfigException;
import io.homeport.lab.LabException;
import io.homeport.local.CommandFailedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on standard error and an exit status. HOMEPORT_DEBUG=1 adds the stack trace. */
final class Complaints {
    private Complaints() {}

    /** A command line picocli could not make sense of. */
    static int badUsage(ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("homeport: " + wrong.getMessage() + " (see: " + line.getCommandSpec().qualifiedName() + " --help)");
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.flush();
        return ExitStatus.USAGE;
    }

    /** A command that threw. */
    static int failed(Exception thrown, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        err.println("homeport: " + message(thrown));
        if ("1".equals(System.getenv("HOMEPORT_DEBUG"))) {
            thrown.printStackTrace(err);
        }
        err.flush();
        return status(thrown);
    }

    private static int status(Exception thrown) {
        if (thrown instanceof CommandFailure failure) {
            return failure.status();
        }
        if (thrown instanceof LabException failure) {
            return switch (failure.kind()) {
                case WRONG_NAME -> ExitStatus.USAGE;
                case NOT_UP -> ExitStatus.UNREACHABLE;
                case LACKING -> ExitStatus.LACKING;
                case FAILED -> ExitStatus.FAILED;
            };
        }
        if (thrown instanceof CommandFailedException failure) {
            return switch (failure.kind()) {
                case OBSTACLES -> ExitStatus.OBSTACLES;
                case BAD_REQUEST -> ExitStatus.USAGE;
                case UNREACHABLE -> ExitStatus.UNREACHABLE;
                case FAILED, DENIED, BUSY -> ExitStatus.FAILED;
            };
        }
        return thrown instanceof ConfigException ? ExitStatus.USAGE : ExitStatus.FAILED;
    }

    private static String message(Exception thrown) {
        if (thrown instanceof CommandFailure
                || thrown instanceof LabException
                || thrown instanceof ConfigException
                || thrown instanceof CommandFailedException) {
            return thrown.getMessage();
        }
        if (thrown instanceof IOException || thrown instanceof UncheckedIOException) {
            return thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
        }
        return "unexpected " + thrown + " (HOMEPORT_DEBUG=1 shows where)";
    }
}
