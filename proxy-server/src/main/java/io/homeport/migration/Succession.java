package io.homeport.migration;

import io.homeport.migration.contract.CommitLog;
import io.homeport.migration.contract.NodeParts;
import io.homeport.service.HostedSuccession;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes over what a daemon before this one hosted. Called once, when its uncommitted copies are gone and before a lane is up. */
final class Succession {
    private Succession() {}

    static void take(NodeParts node) throws IOException {
        Set<Long> mine = node.commitLog().entries().stream()
                .filter(entry -> entry.word() == CommitLog.Word.MINE)
                .map(CommitLog.Entry::migrationId)
                .collect(Collectors.toSet());
        new HostedSuccession(
                node.streams(), node.services(), node.optionWatch(), node.socketReturn(), node.estate().store(),
                node.links().policy()).take(mine::contains);
    }
}
