package io.homeport.bench.moves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PingLoadTest {
    private static final long MS = 1_000_000;

    @Test
    void shouldGetAnAnswerOnEveryConnectionAndEndTheService() throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback(0));
        CompletableFuture<Void> service = CompletableFuture.runAsync(() -> serve(listener));
        try (PingLoad load = new PingLoad((InetSocketAddress) listener.getLocalAddress(), 7, 5 * MS)) {
            load.awaitAnswers(5_000);
            load.awaitAnswers(5_000);
            assertThat(Arrays.stream(load.takeLongestWaitsNs())).hasSize(7).allMatch(wait -> wait > 0);
        }
        service.get(5, TimeUnit.SECONDS);
    }

    @Test
    void shouldCountASilenceFromWhenTheFirstUnansweredPingWasDue() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PingLoad load = new PingLoad(loopback(listener.getLocalPort()), 1, 5 * MS);
                Socket service = listener.accept()) {
            echo(service, 20);
            load.takeLongestWaitsNs();
            Thread.sleep(300);
            echo(service, 40);
            assertThat(longest(load)).isBetween(280 * MS, 3_000 * MS);
        }
    }

    @Test
    void shouldNotCountAPause() throws Exception {
        ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback(0));
        CompletableFuture<Void> service = CompletableFuture.runAsync(() -> serve(listener));
        try (PingLoad load = new PingLoad((InetSocketAddress) listener.getLocalAddress(), 3, 5 * MS)) {
            load.awaitAnswers(5_000);
            load.pause();
            Thread.sleep(100);
            load.takeLongestWaitsNs();
            Thread.sleep(500);
            assertThat(load.takeLongestWaitsNs()).as("no ping").containsOnly(0);
            load.resume();
            load.awaitAnswers(5_000);
            assertThat(Arrays.stream(load.takeLongestWaitsNs())).allMatch(wait -> wait > 0 && wait < 400 * MS);
        }
        service.get(5, TimeUnit.SECONDS);
    }

    @Test
    void shouldNoticeAWrongAnswer() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PingLoad load = new PingLoad(loopback(listener.getLocalPort()), 1, 5 * MS);
                Socket service = listener.accept()) {
            service.getInputStream().readNBytes(16);
            echo(service, 1);
            assertThatThrownBy(() -> load.awaitAnswers(5_000)).hasMessage("connection 0: answer 1 instead of 0");
        }
    }

    @Test
    void shouldNoticeAnEnd() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PingLoad load = new PingLoad(loopback(listener.getLocalPort()), 1, 5 * MS)) {
            Socket service = listener.accept();
            echo(service, 3);
            service.shutdownOutput();
            assertThatThrownBy(() -> load.awaitAnswers(5_000)).hasMessageContaining("closed after 3 answers");
            service.close();
        }
    }

    @Test
    void shouldNoticeThatNoAnswerComes() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                PingLoad load = new PingLoad(loopback(listener.getLocalPort()), 1, 5 * MS)) {
            assertThatThrownBy(() -> load.awaitAnswers(50)).hasMessage("connection 0 has had no answer for 50 ms");
        }
    }

    @Test
    void shouldPingMoreRarelyWhenThereAreMany() {
        assertThat(MovesRun.intervalNs(6, 5, 2_000)).isEqualTo(5 * MS);
        assertThat(MovesRun.intervalNs(100, 5, 2_000)).isEqualTo(50 * MS);
    }

    private static void echo(Socket service, int pings) throws IOException {
        service.getOutputStream().write(service.getInputStream().readNBytes(16 * pings));
    }

    /** The answers that were sent have to get there first. */
    private static long longest(PingLoad load) throws InterruptedException {
        long longest = 0;
        for (int i = 0; i < 500 && longest < 280 * MS; i++) {
            Thread.sleep(10);
            longest = Math.max(longest, load.takeLongestWaitsNs()[0]);
        }
        return longest;
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static void serve(ServerSocketChannel listener) {
        try {
            EchoService.serve(listener);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
