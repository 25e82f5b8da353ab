package io.homeport.migration;

import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.NodeParts;
import io.homeport.migration.departure.CutShort;
import io.homeport.service.HostedSuccession;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes over what a daemon before this one hosted, and the departures that it had begun. Called once, when its uncommitted copies are gone and before a lane is up. */
final class Succession {
    private Succession() {}

    /** @return the departures that go forward, on threads of their own */
    static List<CutShort> take(NodeParts node) throws IOException {
        Set<Long> mine = node.commitLog().entries().stream()
                .filter(entry -> entry.word() == CommitLog.Word.MINE)
                .map(CommitLog.Entry::migrationId)
                .collect(Collectors.toSet());
        List<CutShort> departures = CutShort.all(node);
        departures.stream().filter(departure -> !departure.isGiven()).forEach(CutShort::giveBack);
        List<CutShort> given = departures.stream().filter(CutShort::isGiven).toList();
        new HostedSuccession(
                node.streams(), node.services(), node.optionWatch(), node.socketReturn(), node.estate().store(),
                node.links().policy()).take(mine::contains, given.stream().map(CutShort::pid).collect(Collectors.toSet()));
        CutShort.sweep(node);
        for (CutShort departure : given) {
            departure.openDeputies();
            departure.forward();
        }
        return given;
    }
}
