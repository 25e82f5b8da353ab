package io.homeport.cli;

import io.homeport.local.LocalMessage;
import io.homeport.report.Json;
import io.homeport.report.NodeStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code homeport links}: every link of a node to every other, and how it stands. */
@Command(
        name = "links",
        mixinStandardHelpOptions = true,
        description = "List this node's links to the others: state, round trip, bytes, and why one is not up.")
final class LinksCommand implements Callable<Integer> {
    @Mixin
    private DaemonChoice daemon;

    @Option(names = "--json", description = "One JSON object instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        String answer = daemon.ask(new LocalMessage.Status());
        System.out.print(json ? answer + "\n" : table(Json.read(answer, NodeStatus.class)));
        return ExitStatus.OK;
    }

    static String table(NodeStatus status) {
        if (status.peers().isEmpty()) {
            return "node " + status.node() + " has no peers (README, 'Configuration')\n";
        }
        TextTable table = new TextTable().row("NODE", "LINK", "ADDRESS", "STATE", "SINCE", "ROUND TRIP", "SENT", "RECEIVED", "");
        for (NodeStatus.PeerStatus peer : status.peers()) {
            for (NodeStatus.LinkStatus link : peer.links()) {
                table.row(
                        peer.node(),
                        link.name(),
                        link.address(),
                        link.state(),
                        link.sinceMs() / 1_000 + " s",
                        link.roundTripUs() < 0 ? "-" : Sizes.ms(link.roundTripUs() / 1e3),
                        Sizes.bytes(link.sentBytes()),
                        Sizes.bytes(link.receivedBytes()),
                        link.reason());
            }
        }
        return table.print("");
    }
}
