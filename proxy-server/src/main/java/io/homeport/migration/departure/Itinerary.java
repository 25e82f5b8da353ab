package io.homeport.migration.departure;

import io.homeport.handover.AgentControl;
import io.homeport.link.LinkPolicy;
import io.homeport.migration.contract.Underway;
import io.homeport.posix.Posix;
import io.homeport.process.FateSurvey;
import io.homeport.process.FdFate;
import io.homeport.service.HostedService;
import java.util.List;

/**
 * What the preparation found out about a process that shall leave: all that the departure needs, and what stands in the
 * way. Made by {@link Preparation} on the migration's thread, which closes it.
 *
 * @param underway where it is noted until it is closed
 * @param migrationId random id of this migration
 * @param service what this node knows of the service; made up now if it has never moved
 * @param agent the control connection to its agent
 * @param pidfd refers to the process
 * @param survey tells fates
 * @param fates of every descriptor at the time of the preparation
 * @param readsAsForeseen whether the destination's record may refer to the one that goes ahead
 * @param obstacles each with what to do about it
 */
public record Itinerary(
        Underway underway,
        long migrationId,
        HostedService service,
        AgentControl agent,
        int pidfd,
        FateSurvey survey,
        List<FdFate> fates,
        boolean readsAsForeseen,
        List<String> obstacles)
        implements AutoCloseable {

    public int pid() {
        return service.pid();
    }

    /** The same journey with the streams on other links from then on; null leaves them as they are. */
    public Itinerary by(LinkPolicy policy) {
        return policy == null ? this : new Itinerary(underway, migrationId, service.by(policy), agent, pidfd, survey, fates, readsAsForeseen, obstacles);
    }

    @Override
    public void close() {
        if (service.agent() == null) {
            agent.close();
        }
        Posix.close(pidfd);
        underway.end(migrationId);
    }
}
