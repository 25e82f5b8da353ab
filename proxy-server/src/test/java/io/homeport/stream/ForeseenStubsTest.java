package io.homeport.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.homeport.link.LinkPolicy;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.socket.Parking;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.Sockets;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is made ready before a process is frozen, and what becomes of it when the process has gone on meanwhile. */
@Timeout(60)
class ForeseenStubsTest {
    @TempDir
    Path dir;

    private final List<Moved> connections = new ArrayList<>();
    private TestNode alpha;
    private TestNode beta;
    private TestNode gamma;
    private ShadowNet atBeta;

    @BeforeEach
    void start() throws Exception {
        alpha = new TestNode("alpha", dir, StreamLimits.DEFAULT);
        beta = new TestNode("beta", dir, StreamLimits.DEFAULT);
        gamma = new TestNode("gamma", dir, StreamLimits.DEFAULT);
        TestNode.connect(alpha, beta);
        TestNode.connect(alpha, gamma);
        TestNode.connect(beta, gamma);
        atBeta = ShadowNet.open("beta");
        for (int i = 0; i < 3; i++) {
            connections.add(Moved.connection(alpha, beta, atBeta));
            pingPong(connections.get(i).client, connections.get(i).application, "begin");
        }
        awaitAcknowledged(beta);
    }

    @AfterEach
    void stop() throws Exception {
        for (Moved connection : connections) {
            connection.close();
        }
        atBeta.close();
        alpha.close();
        beta.close();
        gamma.close();
    }

    @Test
    void shouldGoOnWhereTheStreamsStandWhetherOrNotTheyWentOnMeanwhile() throws Exception {
        try (ShadowNet net = ShadowNet.open("gamma")) {
            ShadowPairs pairs = foresee(net);
            assertThat(gamma.plane.describe().get()).extracting(StreamDescription::state).containsExactly("prepared", "prepared", "prepared");
            Moved changed = connections.get(1);
            pingPong(changed.client, changed.application, "changed");
            changed.client.getOutputStream().write("unread".getBytes(US_ASCII));
            awaitAcknowledged(beta);

            Moved closed = connections.get(2);
            Map<Long, Integer> frozen = applicationFds(List.of(connections.get(0), changed));
            List<StreamState> states = beta.plane.stubs().quiesce(frozen, List.of()).get();
            assertThat(states).extracting(state -> state.inbound().unread().length).containsExactlyInAnyOrder(0, 6);
            gamma.plane.stubs().adopt(pairs, 2, states, LinkPolicy.LOADBALANCE).get();
            Map<Long, Raw> applications = take(pairs);
            gamma.plane.stubs().abandon(pairs).get();
            assertThat(gamma.plane.describe().get()).extracting(StreamDescription::id).containsExactlyInAnyOrderElementsOf(frozen.keySet());
            gamma.plane.stubs().start(frozen.keySet()).get();
            beta.plane.stubs().drop(frozen.keySet()).get();

            assertThat(applications.get(changed.state.id()).readFully(6)).asString().isEqualTo("unread");
            for (Moved one : List.of(connections.get(0), changed)) {
                pingPong(one.client, applications.get(one.state.id()), "moved");
            }
            pingPong(closed.client, closed.application, "still at beta");
            for (Raw application : applications.values()) {
                application.close();
            }
        }
    }

    @Test
    void shouldLeaveNothingWhenTheProcessStaysWhereItIs() throws Exception {
        try (ShadowNet net = ShadowNet.open("gamma")) {
            ShadowPairs pairs = foresee(net);
            int room = gamma.plane.room().get();
            gamma.plane.stubs().abandon(pairs).get();
            assertThat(gamma.plane.describe().get()).isEmpty();
            assertThat(gamma.plane.room().get()).isEqualTo(room + connections.size());
            for (Moved one : connections) {
                pingPong(one.client, one.application, "stayed");
            }
        }
    }

    @Test
    void shouldReturnWhatPeersHaveSentSinceTheFreezeInTheSocket() throws Exception {
        Collection<Long> ids = connections.stream().map(one -> one.state.id()).toList();
        alpha.plane.directReturn().pause(ids).get();
        for (Moved one : connections) {
            one.client.getOutputStream().write("frozen".getBytes(US_ASCII));
        }
        List<StreamState> states = beta.plane.stubs().quiesce(applicationFds(connections), List.of()).get();
        Map<Long, Integer> returning = alpha.plane.directReturn().begin(states.subList(0, 2)).get();
        assertThat(returning).hasSize(2);
        for (int fd : returning.values()) {
            assertThat(new Raw(fd).readFully(6)).asString().isEqualTo("frozen");
        }
        alpha.plane.directReturn().done(returning.keySet()).get();

        long left = states.get(2).id();
        alpha.plane.directReturn().cancel(List.of(left)).get();
        beta.plane.stubs().resume(List.of(left)).get();
        Moved stays = connections.stream().filter(one -> one.state.id() == left).findAny().orElseThrow();
        assertThat(stays.application.readFully(6)).asString().isEqualTo("frozen");
        pingPong(stays.client, stays.application, "goes on");
    }

    @Test
    void shouldStopOnlyConnectionsByWhichNothingHasComeOrGone() throws Exception {
        awaitDrained();
        List<Stubs.Outlook> outlook = outlook();
        assertThat(outlook).extracting(Stubs.Outlook::settled).containsOnly(true);
        List<StreamState> foreseen = outlook.stream().map(Stubs.Outlook::state).toList();
        Moved hears = connections.get(0);
        Moved speaks = connections.get(1);
        hears.client.getOutputStream().write(1);
        await().until(() -> Sockets.unread(hears.application.fd) == 1);
        speaks.application.write(new byte[] {2});
        assertThat(speaks.client.getInputStream().read()).isEqualTo(2);
        awaitAcknowledged(beta);
        awaitDrained();

        List<StreamState> stopped = stopAtBeta(foreseen);

        assertThat(stopped).containsExactlyElementsOf(foreseen.subList(2, foreseen.size()));
        assertThat(stopped).isNotEmpty();
        assertThat(beta.plane.stubs().quiesce(applicationFds(connections.subList(0, 2)), List.of()).get())
                .anySatisfy(state -> assertThat(state.inbound().unread()).containsExactly(1))
                .anySatisfy(state -> assertThat(state.outbound().acked()).isEqualTo(foreseen.get(1).outbound().acked() + 1));
        beta.plane.stubs().resume(connections.stream().map(one -> one.state.id()).toList()).get();
        assertThat(hears.application.readFully(1)).containsExactly(1);
        for (Moved one : connections) {
            pingPong(one.client, one.application, "goes on");
        }
    }

    @Test
    void shouldNotStopAConnectionThatTheApplicationHasShut() throws Exception {
        awaitDrained();
        List<StreamState> foreseen = outlook().stream().map(Stubs.Outlook::state).toList();
        Posix.shutdown(connections.get(0).application.fd, Linux.SHUT_WR);

        assertThat(stopAtBeta(foreseen)).containsExactlyElementsOf(foreseen.subList(1, foreseen.size()));

        beta.plane.stubs().resume(connections.stream().map(one -> one.state.id()).toList()).get();
    }

    @Test
    void shouldNotBeSettledWhileTheApplicationHasSomethingToRead() throws Exception {
        connections.get(0).client.getOutputStream().write(1);
        await().until(() -> Sockets.unread(connections.get(0).application.fd) == 1);
        awaitDrained();

        assertThat(outlook()).extracting(Stubs.Outlook::settled).startsWith(false, true);
    }

    /** As a destination does while the process still runs at beta. */
    private ShadowPairs foresee(ShadowNet net) throws Exception {
        ShadowPairs pairs = new ShadowPairs(net);
        pairs.make(outlook().stream().map(Stubs.Outlook::state).toList());
        gamma.plane.stubs().foresee(pairs, 2, LinkPolicy.LOADBALANCE).get();
        return pairs;
    }

    private List<Stubs.Outlook> outlook() throws Exception {
        Map<Long, Stubs.Outlook> outlook = beta.plane.stubs().outlook(applicationFds(connections)).get();
        return connections.stream().map(one -> outlook.get(one.state.id())).toList();
    }

    private List<StreamState> stopAtBeta(List<StreamState> foreseen) throws Exception {
        Map<Long, Integer> fds = applicationFds(connections);
        return beta.plane.stubs().stop(foreseen, foreseen.stream().map(state -> fds.get(state.id())).toList()).get();
    }

    private static Map<Long, Raw> take(ShadowPairs pairs) throws Exception {
        Map<Long, Raw> applications = new HashMap<>();
        List<Long> ids = pairs.parkedIds();
        pairs.parking().look(Parking.BATCH, (first, fds) -> {
            for (int i = 0; i < fds.length; i++) {
                applications.put(ids.get(first + i), new Raw(fds[i]));
                fds[i] = -1;
            }
        });
        return applications;
    }

    private static Map<Long, Integer> applicationFds(List<Moved> of) {
        Map<Long, Integer> fds = new HashMap<>();
        of.forEach(one -> fds.put(one.state.id(), one.application.fd));
        return fds;
    }

    private static void awaitAcknowledged(TestNode node) {
        await().untilAsserted(() -> assertThat(node.plane.describe().get()).extracting(StreamDescription::inFlightBytes).containsOnly(0L));
    }

    /** The kernel may acknowledge the last bytes of an application's 40 ms later (man 7 tcp, TCP_QUICKACK). */
    private void awaitDrained() {
        await().until(() -> connections.stream().allMatch(one -> Sockets.unacknowledged(one.application.fd) == 0));
    }

    private static void pingPong(Socket client, Raw application, String text) throws Exception {
        byte[] bytes = text.getBytes(US_ASCII);
        client.getOutputStream().write(bytes);
        assertThat(application.readFully(bytes.length)).isEqualTo(bytes);
        application.write(bytes);
        assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
    }
}
