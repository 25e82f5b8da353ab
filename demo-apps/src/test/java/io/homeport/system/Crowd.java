package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.workload.CheckedBytes;
import io.homeport.workload.Hello;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Thousands of clients of a service, each with a conversation of its own, too many for a thread each: what one sends and what it is answered is
 * checked byte for byte. One thread at a time.
 */
final class Crowd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Selector selector = Selector.open();
    private final List<Member> members = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);

    private static final class Member {
        private final SocketChannel channel;
        private final long seed;
        private long sent;
        private long answered;

        private Member(SocketChannel channel, long seed) {
            this.channel = channel;
            this.seed = seed;
        }
    }

    /** Connects them; each says hello. */
    Crowd(InetSocketAddress service, int count, LongSupplier seeds) throws IOException {
        for (int i = 0; i < count; i++) {
            Member member = new Member(SocketChannel.open(service), seeds.getAsLong());
            members.add(member);
            member.channel.write(ByteBuffer.wrap(new Hello(Hello.Mode.REPLY, member.seed, 0).encode()));
            member.channel.configureBlocking(false);
            member.channel.register(selector, SelectionKey.OP_READ, member);
        }
    }

    /** Every so-manieth of them sends so many bytes more. */
    void send(int every, int bytes) throws IOException {
        for (int i = 0; i < members.size(); i += every) {
            Member member = members.get(i);
            int written = member.channel.write(ByteBuffer.wrap(CheckedBytes.of(member.seed, member.sent, bytes)));
            assertThat(written).as("bytes that connection %d took", i).isEqualTo(bytes);
            member.sent += bytes;
        }
    }

    /** Waits until each of them has the answers to all that it has sent, and no byte more. */
    void awaitAnswers(String when) throws IOException {
        long endNs = System.nanoTime() + PATIENCE.toNanos();
        while (members.stream().anyMatch(member -> member.answered < member.sent)) {
            assertThat(System.nanoTime()).as("%s: %d connections are not answered", when,
                    members.stream().filter(member -> member.answered < member.sent).count()).isLessThan(endNs);
            selector.select(100);
            for (SelectionKey key : selector.selectedKeys()) {
                receive((Member) key.attachment(), when);
            }
            selector.selectedKeys().clear();
        }
    }

    private void receive(Member member, String when) throws IOException {
        buffer.clear();
        int length = member.channel.read(buffer);
        if (length < 0) {
            throw new EOFException(when + ": connection " + members.indexOf(member) + " ended after " + member.answered + " answers");
        }
        long seed = CheckedBytes.answerSeed(member.seed);
        assertThat(CheckedBytes.firstMismatch(seed, member.answered, buffer.array(), 0, length))
                .as("%s: connection %d, first wrong byte behind %d", when, members.indexOf(member), member.answered)
                .isEqualTo(-1);
        member.answered += length;
        assertThat(member.answered).isLessThanOrEqualTo(member.sent);
    }

    @Override
    public void close() throws IOException {
        for (Member member : members) {
            member.channel.close();
        }
        selector.close();
    }
}
