package io.homeport.bench.goals;

import static io.homeport.bench.contender.Contender.HAPROXY1;
import static io.homeport.bench.contender.Contender.HAPROXY2;
import static io.homeport.bench.contender.Contender.HOMEPORT;
import static io.homeport.bench.contender.Contender.HOMEPORT_PLAIN;
import static io.homeport.bench.contender.Contender.STUNNEL;
import static io.homeport.bench.contender.Contender.UNMOVED;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.figures.Spread;
import io.homeport.bench.idle.IdleReport;
import io.homeport.bench.load.Work;
import io.homeport.bench.moves.MoveSample;
import io.homeport.bench.moves.MovesReport;
import io.homeport.bench.relay.Figure;
import io.homeport.bench.relay.RelayReport;
import io.homeport.bench.tomcat.TomcatReport;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Takes each goal's figure out of the report that has it. One thread. */
public final class Measured {
    /** What a move may take longer than CRIU alone. */
    private static final double ALLOWANCE_MS = 50;

    private static final double MS_PER_SECOND = 1e3;
    private static final double BYTES_PER_MB = 1 << 20;

    private final Map<Goal, Spread> figures = new EnumMap<>(Goal.class);

    /** All that was added. */
    public Goals goals() {
        return new Goals(figures);
    }

    /** The detour of a byte. */
    public void add(RelayReport report) {
        relay(Goal.PING_P50, report, Work.PING, Figure.P50, HOMEPORT, HAPROXY2);
        relay(Goal.PING_P99, report, Work.PING, Figure.P99, HOMEPORT, HAPROXY2);
        relay(Goal.ONE_STREAM, report, Work.DOWN, Figure.SPEED, HOMEPORT_PLAIN, HAPROXY2);
        relay(Goal.ONE_STREAM_TLS, report, Work.DOWN, Figure.SPEED, HOMEPORT, HAPROXY2);
        relay(Goal.STREAMS, report, Work.STREAMS, Figure.SPEED, HOMEPORT_PLAIN, HAPROXY2);
        relay(Goal.STREAMS_TLS, report, Work.STREAMS, Figure.SPEED, HOMEPORT, HAPROXY2);
        relay(Goal.STUNNEL_STREAM, report, Work.DOWN, Figure.SPEED, HOMEPORT, STUNNEL);
        relay(Goal.STUNNEL_STREAMS, report, Work.STREAMS, Figure.SPEED, HOMEPORT, STUNNEL);
        relay(Goal.STUNNEL_REQUESTS, report, Work.REQUESTS, Figure.RATE, HOMEPORT, STUNNEL);
    }

    private void relay(Goal goal, RelayReport report, Work work, Figure figure, Contender ours, Contender other) {
        boolean there = report.plan().contenders().containsAll(List.of(ours, other)) && report.plan().works().contains(work);
        if (there) {
            figures.put(goal, report.ratio(ours, other, work, figure));
        }
    }

    /** A server that people use. */
    public void add(TomcatReport report) {
        tomcat(Goal.IDLE_AGENT, report, UNMOVED, Contender.BARE);
        tomcat(Goal.TOMCAT, report, HOMEPORT_PLAIN, HAPROXY1);
        tomcat(Goal.TOMCAT_TLS, report, HOMEPORT, HAPROXY1);
    }

    private void tomcat(Goal goal, TomcatReport report, Contender ours, Contender other) {
        if (report.plan().contenders().containsAll(List.of(ours, other))) {
            figures.put(goal, report.requestsRatio(ours));
        }
    }

    /** A small service. */
    public void addSmall(MovesReport report) {
        figures.put(Goal.SILENCE, report.spread(sample -> sample.silenceMsMax() / (sample.floor().totalMs() + ALLOWANCE_MS)));
    }

    /** Services that were moved in turn: the first of few connections, the last of many. */
    public void addMany(List<MovesReport> reports) {
        double ofFewMs = reports.get(0).spread(MoveSample::silenceMsMax).median();
        figures.put(Goal.THOUSANDS, reports.get(reports.size() - 1).spread(sample -> sample.silenceMsMax() / ofFewMs));
    }

    /** A service with much memory. */
    public void addHeap(MovesReport report, int liveMb) {
        figures.put(Goal.GIGABYTES, report.spread(sample -> sample.silenceMsMax() / MS_PER_SECOND));
        figures.put(Goal.IMAGE, report.spread(sample -> sample.moved().imageBytes() / BYTES_PER_MB / liveMb));
    }

    /** Connections that say nothing. */
    public void add(IdleReport report) {
        figures.put(Goal.IDLE_MEMORY, report.sum());
    }
}
