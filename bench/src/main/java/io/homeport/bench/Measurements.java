package io.homeport.bench;

import io.homeport.bench.contender.ClassPaths;
import io.homeport.bench.contender.Contenders;
import io.homeport.bench.idle.IdleReport;
import io.homeport.bench.idle.IdleRun;
import io.homeport.bench.load.LoadServer;
import io.homeport.bench.moves.JvmPlan;
import io.homeport.bench.moves.MovesPlan;
import io.homeport.bench.moves.MovesReport;
import io.homeport.bench.moves.MoveSample;
import io.homeport.bench.moves.MovesRun;
import io.homeport.bench.relay.RelayPlan;
import io.homeport.bench.relay.RelayReport;
import io.homeport.bench.relay.RelayRun;
import io.homeport.bench.tomcat.TomcatPlan;
import io.homeport.bench.tomcat.TomcatReport;
import io.homeport.bench.tomcat.TomcatRun;
import io.homeport.bench.tomcat.TomcatServer;
import io.homeport.criu.Criu;
import io.homeport.lab.Lab;
import io.homeport.lab.LabPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What the commands measure, each in a lab of its own that is gone afterwards. One thread. */
final class Measurements {
    private final String java;
    private final Consumer<String> progress;

    /**
     * @param java path of the program that services, clients and bare relays run on
     * @param progress told of every step
     */
    Measurements(String java, Consumer<String> progress) {
        this.java = java;
        this.progress = progress;
    }

    RelayReport relay(RelayPlan plan) throws IOException, InterruptedException {
        ClassPaths paths = new ClassPaths(
                LoadServer.class.getName(), ServiceClassPath.jar().toString(), ServiceClassPath.with("HdrHistogram-.*"),
                ServiceClassPath.with("(netty|agrona|homeport-proxy-server)-.*"));
        try (Contenders up = new Contenders(labName("relay"), java, paths)) {
            return new RelayRun(plan, up, progress).run();
        }
    }

    TomcatReport tomcat(TomcatPlan plan) throws IOException, InterruptedException {
        ClassPaths paths = new ClassPaths(
                TomcatServer.class.getName(), ServiceClassPath.with("tomcat-.*"), ServiceClassPath.with("HdrHistogram-.*"),
                ServiceClassPath.with("(netty|agrona|homeport-proxy-server)-.*"));
        try (Contenders up = new Contenders(labName("tomcat"), java, paths)) {
            return new TomcatRun(plan, up, progress).run();
        }
    }

    /** A report for each number of connections, all in one lab. */
    List<MovesReport> moves(MovesPlan plan) throws IOException, InterruptedException {
        JvmPlan jvm = new JvmPlan(java, plan.heapMb(), ServiceClassPath.jar().toString());
        String criu = (plan.criu() == null ? Criu.find().binary() : plan.criu().toAbsolutePath()).toString();
        LabPlan nodes = LabPlan.of("alpha", "beta", "gamma").withName(labName("bench")).rehearsing();
        // Ctrl-C must not leave three nodes behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Lab.down(nodes.name())));
        List<MovesReport> reports = new ArrayList<>();
        try (Lab lab = Lab.up(nodes)) {
            MovesRun run = new MovesRun(lab, jvm, criu, plan.tcpEstablished(), plan.seed(), progress);
            List<MovesRun.Clients> all = plan.connections().stream()
                    .map(count -> new MovesRun.Clients(count, MovesRun.intervalNs(count, plan.intervalMs(), plan.mostPings()))).toList();
            List<List<MoveSample>> samples = run.measure(all, plan.moves());
            for (int i = 0; i < all.size(); i++) {
                reports.add(new MovesReport(all.get(i).connections(), all.get(i).intervalNs() / 1e6, samples.get(i)));
            }
        }
        return reports;
    }

    IdleReport idle(List<Integer> connections, int rounds) throws IOException, InterruptedException {
        return new IdleRun(labName("idle"), java, ServiceClassPath.jar().toString(), progress).measure(connections, rounds);
    }

    private static String labName(String kind) {
        return kind + "-" + ProcessHandle.current().pid();
    }
}
