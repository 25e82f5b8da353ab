package io.homeport.node;

import io.homeport.local.Caller;
import io.homeport.migration.Migrations;
import io.homeport.process.FdFate;
import io.homeport.report.ServiceList;
import io.homeport.service.ServiceView;
import java.io.IOException;
import java.util.List;

/** Serves {@code homeport ps}: the services that the caller may see, with their sockets. */
final class ServiceListing {
    private static final int COMMAND_LIMIT = 200;

    private final String node;
    private final Migrations migrations;

    ServiceListing(String node, Migrations migrations) {
        this.node = node;
        this.migrations = migrations;
    }

    ServiceList list(Caller caller) throws IOException {
        List<ServiceList.Service> services = migrations.services().stream()
                .filter(view -> caller.mayCommand(view.pid()))
                .map(this::service)
                .toList();
        return new ServiceList(node, services);
    }

    private ServiceList.Service service(ServiceView view) {
        String command = String.join(" ", view.commandLine());
        return new ServiceList.Service(
                view.name(),
                view.pid(),
                view.user(),
                command.length() > COMMAND_LIMIT ? command.substring(0, COMMAND_LIMIT) + "..." : command,
                view.birthNode(),
                view.cameFrom(),
                view.moves(),
                true,
                view.sockets().stream().map(socket -> socket(socket)).toList(),
                view.losses());
    }

    private static ServiceList.Socket socket(ServiceView.SocketView socket) {
        FdFate fate = socket.fate();
        return new ServiceList.Socket(
                fate.numbers(),
                kind(fate),
                fate.facts() == null ? fate.file().target() : fate.facts().localText(),
                fate.facts() == null ? null : fate.facts().remoteText(),
                socket.boundAt(),
                socket.link(),
                socket.waiting());
    }

    /** What it is to the application, wherever it is bound. */
    private static String kind(FdFate fate) {
        return switch (fate.fate()) {
            case CONNECTION -> "TCP";
            case STUB -> fate.facts() == null ? "STREAM" : fate.facts().listening() ? "LISTENER" : "TCP";
            default -> fate.fate().name();
        };
    }
}
