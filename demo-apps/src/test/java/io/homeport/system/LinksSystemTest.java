package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.lab.LabPlan;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import io.homeport.report.Json;
import io.homeport.report.ServiceList;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.service.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two nodes with two links: a moved service under checked load while links go down, swallow packets and come back. A lab of its own: other
 * tests' nodes have one link.
 */
@ExtendWith(HarbourExtension.class)
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LinksSystemTest {
    private static final int STORM_CUTS = 50;
    private static final int LONGEST_PAUSE_MS = 250;
    private static final int LINK_LOSS_TIMEOUT_MS = 3_000;

    private Harbour harbour;

    @AfterEach
    void close() throws Exception {
        harbour.close();
    }

    @Test
    void shouldKeepEveryConnectionWhileLinksComeAndGo() throws Exception {
        harbour = new Harbour(plan());
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class).withOptions("-Dhomeport.link=preferred:eth1"))) {
            for (String kind : List.of("socket", "selector")) {
                move.connect(kind, Pace.ACTIVE, 4);
                move.connect(kind, Pace.FLOOD, 1);
            }
            move.along(Harbour.BETA);
            awaitLink("eth1", "the preferred link");
            lose(move, "interface down", () -> harbour.shell(Harbour.BETA, "ip link set eth1 down"));
            regain(move, "interface up", () -> harbour.shell(Harbour.BETA, "ip link set eth1 up"));
            lose(move, "packets swallowed", () -> harbour.node(Harbour.BETA).swallowing(1, true));
            regain(move, "packets pass", () -> harbour.node(Harbour.BETA).swallowing(1, false));
            storm(move);
            awaitLink("eth1", "after the storm");
            move.check();
        }
    }

    @Test
    void shouldResetWhenNoLinkIsLeftAndSayWhy() throws Exception {
        harbour = new Harbour(plan().withSettings("timeouts: {linkLossTimeoutMs: " + LINK_LOSS_TIMEOUT_MS + "}"));
        try (Move move = Move.prepare(harbour, Launch.of(Jdk.newest(), Service.class))) {
            List<CheckedClient> clients = move.connect("socket", Pace.ACTIVE, 3);
            Harbour.Ended moved = move.service().tryMoveTo(Harbour.BETA, "--link", "exclusive:eth1");
            assertThat(moved.status()).as(moved.output()).isZero();
            awaitLink("eth1", "the exclusive link");
            harbour.node(Harbour.BETA).swallowing(1, true);
            await("what it waits for").atMost(Duration.ofSeconds(60)).until(() -> sockets().stream().anyMatch(
                    socket -> socket.waiting() != null && socket.waiting().contains(" s for a way to alpha (eth0 UP; eth1 ")));
            await("the clients' resets").atMost(Duration.ofSeconds(30)).until(() -> clients.stream().allMatch(client -> client.problem() != null));
            await("each client's reset").untilAsserted(() ->
                    assertThat(clients).allSatisfy(client -> assertThat(client.problem()).contains("Connection reset")));
            await("what was lost").atMost(Duration.ofSeconds(30)).until(() -> services().get(0).losses().size() >= clients.size());
            String shown = harbour.homeport(Harbour.BETA, "ps").output();
            System.out.println(shown);
            assertThat(shown).contains("lost ", "no way to node alpha for " + LINK_LOSS_TIMEOUT_MS + " ms (eth0 UP; eth1 DOWN: ");
            assertThat(harbour.homeport(Harbour.BETA, "links").output()).contains("eth1", "DOWN");
        }
    }

    /** Breaks eth1, and says how long it took until every socket was bound by eth0 and how long a client waited at most. */
    private void lose(Move move, String how, Breakage breakage) throws Exception {
        change(move, how, breakage, "eth0");
    }

    private void regain(Move move, String how, Breakage repair) throws Exception {
        change(move, how, repair, "eth1");
    }

    private void change(Move move, String how, Breakage change, String expected) throws Exception {
        move.fleet().assertProgress("before: " + how);
        move.fleet().takeLongestSilenceMs();
        change.make();
        long beganNs = System.nanoTime();
        awaitLink(expected, how);
        long movedMs = (System.nanoTime() - beganNs) / 1_000_000;
        move.fleet().assertProgress("after: " + how);
        System.out.printf("links: %s: on %s after %d ms, longest silence %d ms%n", how, expected, movedMs, move.fleet().takeLongestSilenceMs());
    }

    private void storm(Move move) throws Exception {
        long seed = Long.getLong("homeport.system.seed", System.nanoTime());
        System.out.println("storm seed " + seed);
        Random random = new Random(seed);
        long beganNs = System.nanoTime();
        for (int i = 0; i < STORM_CUTS; i++) {
            boolean swallow = random.nextBoolean();
            turn(swallow, false);
            Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
            turn(swallow, true);
            Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
        }
        move.fleet().assertProgress("after the storm");
        System.out.printf("links: storm of %d in %d ms, longest silence %d ms%n", STORM_CUTS, (System.nanoTime() - beganNs) / 1_000_000,
                move.fleet().takeLongestSilenceMs());
    }

    private void turn(boolean swallow, boolean on) throws Exception {
        if (swallow) {
            harbour.node(Harbour.BETA).swallowing(1, !on);
        } else {
            harbour.shell(Harbour.BETA, "ip link set eth1 " + (on ? "up" : "down"));
        }
    }

    private void awaitLink(String link, String when) {
        await(when).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(10)).until(() -> {
            List<ServiceList.Socket> moved = sockets();
            return !moved.isEmpty() && moved.stream().allMatch(socket -> link.equals(socket.link()));
        });
    }

    /** The network sockets of beta's services. */
    private List<ServiceList.Socket> sockets() {
        List<ServiceList.Socket> sockets = new ArrayList<>();
        services().forEach(service -> service.sockets().stream()
                .filter(socket -> socket.kind().equals("TCP") || socket.kind().equals("LISTENER"))
                .forEach(sockets::add));
        return sockets;
    }

    private List<ServiceList.Service> services() {
        String json = new LocalClient(harbour.node(Harbour.BETA).socket()).call(new LocalMessage.Ps(), step -> {}, 10_000);
        return Json.read(json, ServiceList.class).services();
    }

    private static LabPlan plan() {
        return new LabPlan("links-" + ProcessHandle.current().pid(), List.of(Harbour.ALPHA, Harbour.BETA), "", true, 2);
    }

    /** Something that is done to a network. */
    private interface Breakage {
        void make() throws Exception;
    }
}
