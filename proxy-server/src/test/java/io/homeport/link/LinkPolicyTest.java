package io.homeport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LinkPolicyTest {
    private final FakeLink eth0 = new FakeLink(0);
    private final FakeLink eth1 = new FakeLink(1);
    private final FakeLink eth2 = new FakeLink(2);
    private final List<Peer> links = List.of(eth0, eth1, eth2);

    @Test
    void shouldReadAndPrintEachForm() {
        for (String text : List.of("loadbalance", "preferred:eth0", "exclusive:enp3s0.12")) {
            assertThat(LinkPolicy.parse(text)).hasToString(text);
        }
        for (String text : List.of("", "preferred", "preferred:", "exclusive:a b", "exclusive:0123456789abcdef", "eth0")) {
            assertThatThrownBy(() -> LinkPolicy.parse(text)).hasMessageContaining("must be loadbalance, preferred:IF or exclusive:IF");
        }
    }

    @Test
    void shouldSpreadStreamsAndBringThemBack() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int[] uses = new int[3];
        for (int i = 0; i < 3_000; i++) {
            long id = random.nextLong();
            FakeLink home = choose(LinkPolicy.LOADBALANCE, id, null);
            uses[home.linkId()]++;
            home.state = LinkState.SUSPECT;
            FakeLink other = choose(LinkPolicy.LOADBALANCE, id, home);
            assertThat(other).isNotSameAs(home);
            home.state = LinkState.UP;
            assertThat(choose(LinkPolicy.LOADBALANCE, id, other)).isSameAs(home);
        }
        assertThat(uses).doesNotContain(0).satisfies(counts -> assertThat(counts[0]).isBetween(800, 1_200))
                .satisfies(counts -> assertThat(counts[1]).isBetween(800, 1_200));
    }

    @Test
    void shouldPreferOneLinkWhileItIsUp() {
        LinkPolicy policy = LinkPolicy.parse("preferred:eth1");
        assertThat(choose(policy, 7, eth0)).isSameAs(eth1);
        eth1.state = LinkState.DOWN;
        FakeLink other = choose(policy, 7, eth1);
        assertThat(other).isNotSameAs(eth1);
        eth1.state = LinkState.UP;
        assertThat(choose(policy, 7, other)).isSameAs(eth1);
    }

    @Test
    void shouldUseAnExclusiveLinkOrNone() {
        LinkPolicy policy = LinkPolicy.parse("exclusive:eth2");
        eth2.state = LinkState.DOWN;
        assertThat(choose(policy, 7, eth0)).isSameAs(eth2);
        assertThat(policy.allows("eth0")).isFalse();
        assertThat(choose(LinkPolicy.parse("exclusive:wlan0"), 7, eth0)).isNull();
    }

    @Test
    void shouldStayWithASuspectLinkIfNoneIsUp() {
        for (FakeLink current : List.of(eth0, eth1, eth2)) {
            links.forEach(link -> ((FakeLink) link).state = LinkState.SUSPECT);
            assertThat(choose(LinkPolicy.LOADBALANCE, 7, current)).isSameAs(current);
            current.state = LinkState.DOWN;
            assertThat(choose(LinkPolicy.LOADBALANCE, 7, current)).isNotSameAs(current);
        }
    }

    private FakeLink choose(LinkPolicy policy, long id, Peer current) {
        return (FakeLink) policy.choose(links, TrafficClass.STREAM, id, current);
    }

    /** A link in any state. */
    private static final class FakeLink implements Peer {
        private final int linkId;
        private LinkState state = LinkState.UP;

        FakeLink(int linkId) {
            this.linkId = linkId;
        }

        @Override
        public String node() {
            return "beta";
        }

        @Override
        public String link() {
            return "eth" + linkId;
        }

        @Override
        public int linkId() {
            return linkId;
        }

        @Override
        public LinkState state() {
            return state;
        }

        @Override
        public boolean up(TrafficClass trafficClass) {
            return state != LinkState.DOWN;
        }

        @Override
        public boolean writable(TrafficClass trafficClass) {
            return true;
        }

        @Override
        public void send(TrafficClass trafficClass, ByteBuf frame) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void flush(TrafficClass trafficClass) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<byte[]> call(short method, byte[] request, Duration timeout) {
            throw new UnsupportedOperationException();
        }
    }
}
