package io.homeport.cli;

import io.homeport.local.CommandFailedException;
import io.homeport.local.Failure;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import io.homeport.report.DryRunReport;
import io.homeport.report.Json;
import io.homeport.report.MigrationReport;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code homeport migrate}: moves a service to another node. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Move a running service to another node. Its connections stay where they were opened; until the commit step",
            "any failure leaves it running here. Ctrl-C ends this display, not the move."
        })
final class MigrateCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PID|NAME", description = "The service, as 'homeport ps' shows it.")
    private String target;

    @Option(names = "--to", required = true, paramLabel = "NODE", description = "The node to move it to.")
    private String destination;

    @Option(names = "--dry-run", description = "Show every file descriptor's fate and every obstacle; touch nothing.")
    private boolean dryRun;

    @Option(
            names = "--link",
            paramLabel = "POLICY",
            description = "By which links its connections go from then on: loadbalance, preferred:IF or exclusive:IF ('homeport links').")
    private String link;

    @Option(names = {"-o", "--option"}, paramLabel = "KEY=VALUE", description = "An option for this move; may be repeated.")
    private List<String> options = List.of();

    @Option(names = "--json", description = "One JSON object instead of text; no progress.")
    private boolean json;

    @Mixin
    private DaemonChoice daemon;

    @Override
    public Integer call() {
        String lines = Stream.concat(options.stream(), Stream.ofNullable(link).map(policy -> "link=" + policy))
                .map(option -> option + "\n")
                .collect(Collectors.joining());
        LocalMessage request = new LocalMessage.Migrate(target, destination, dryRun, lines);
        LocalClient client = daemon.client();
        if (dryRun) {
            return showDryRun(client.call(request, step -> {}));
        }
        if (json) {
            System.out.println(client.call(request, step -> {}));
            return ExitStatus.OK;
        }
        ProgressDisplay display = new ProgressDisplay(System.out, Boolean.getBoolean("homeport.terminal"));
        String answer;
        try {
            answer = client.call(request, display::show);
        } catch (CommandFailedException e) {
            throw display.hasBegun() && e.kind() == Failure.UNREACHABLE ? unknownEnd(e) : e;
        } finally {
            display.end();
        }
        System.out.print(summary(Json.read(answer, MigrationReport.class)));
        return ExitStatus.OK;
    }

    private CommandFailedException unknownEnd(CommandFailedException silent) {
        return new CommandFailedException(silent.kind(), silent.getMessage() + ". The next daemon gives " + target + " its sockets back, or, if the"
                + " commit was done, goes on towards " + destination + ": 'homeport ps' shows then where it runs");
    }

    private int showDryRun(String answer) {
        DryRunReport report = Json.read(answer, DryRunReport.class);
        System.out.print(json ? answer + "\n" : table(report));
        return report.obstacles().isEmpty() ? ExitStatus.OK : ExitStatus.OBSTACLES;
    }

    static String table(DryRunReport report) {
        TextTable table = new TextTable().row("FD", "WHAT", "FATE", "");
        for (DryRunReport.Descriptor descriptor : report.descriptors()) {
            String fds = descriptor.fds().stream().map(String::valueOf).collect(Collectors.joining(","));
            table.row(fds, descriptor.file(), descriptor.fate(), descriptor.detail());
        }
        StringBuilder out = new StringBuilder();
        out.append(report.service()).append(" (").append(report.pid()).append(") from ").append(report.from()).append(" to ");
        out.append(report.to()).append(", dry run: nothing was touched\n").append(table.print("  "));
        if (report.obstacles().isEmpty()) {
            return out.append("It can move: homeport migrate ").append(report.pid()).append(" --to ").append(report.to()).append('\n').toString();
        }
        out.append("It cannot move:\n");
        report.obstacles().forEach(obstacle -> out.append("  - ").append(obstacle).append('\n'));
        return out.toString();
    }

    static String summary(MigrationReport report) {
        String steps = report.steps().stream()
                .map(step -> step.step() + " " + Sizes.ms(step.ms()))
                .collect(Collectors.joining(", "));
        return report.service() + " runs on " + report.to() + " as " + report.pid() + ": silent for " + Sizes.ms(report.silenceMs())
                + ", " + Sizes.bytes(report.imageBytes()) + " moved, " + report.streams() + " sockets kept, "
                + Sizes.ms(report.totalMs()) + " in all\n  " + steps + "\n";
    }
}
