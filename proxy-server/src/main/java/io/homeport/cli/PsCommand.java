package io.homeport.cli;

import io.homeport.local.LocalMessage;
import io.homeport.report.Json;
import io.homeport.report.ServiceList;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code homeport ps}: the services of a node and where each of their sockets is bound. */
@Command(
        name = "ps",
        mixinStandardHelpOptions = true,
        description = "List the services of this node, where they came from, and where each of their sockets is bound.")
final class PsCommand implements Callable<Integer> {
    @Mixin
    private DaemonChoice daemon;

    @Option(names = "--json", description = "One JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        String answer = daemon.ask(new LocalMessage.Ps());
        System.out.print(json ? answer + "\n" : table(Json.read(answer, ServiceList.class)));
        return ExitStatus.OK;
    }

    static String table(ServiceList list) {
        if (list.services().isEmpty()) {
            return "no services on " + list.node() + " (start one: homeport run --name NAME -- java ...)\n";
        }
        TextTable services = new TextTable().row("SERVICE", "PID", "USER", "BORN AT", "CAME FROM", "MOVES", "SOCKETS", "COMMAND");
        for (ServiceList.Service service : list.services()) {
            services.row(
                    service.name(),
                    service.pid(),
                    service.user(),
                    service.bornAt(),
                    service.cameFrom() == null ? "-" : service.cameFrom(),
                    service.moves(),
                    service.sockets().size(),
                    service.command());
        }
        StringBuilder out = new StringBuilder(services.print(""));
        for (ServiceList.Service service : list.services()) {
            if (!service.sockets().isEmpty() || !service.losses().isEmpty()) {
                out.append('\n').append(service.name()).append(" (").append(service.pid()).append(")\n");
                out.append(sockets(service).print("  "));
                service.losses().forEach(loss -> out.append("  lost ").append(loss).append('\n'));
            }
        }
        return out.toString();
    }

    private static TextTable sockets(ServiceList.Service service) {
        TextTable table = new TextTable().row("FD", "KIND", "LOCAL", "PEER", "BOUND AT", "BY");
        for (ServiceList.Socket socket : service.sockets()) {
            String fds = socket.fds().stream().map(String::valueOf).collect(Collectors.joining(","));
            table.row(fds, socket.kind(), socket.local(), socket.remote(), socket.boundAt(),
                    socket.waiting() == null ? socket.link() : socket.waiting());
        }
        return table;
    }
}
