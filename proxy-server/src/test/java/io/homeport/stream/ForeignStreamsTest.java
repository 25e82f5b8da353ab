package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.socket.ShadowNet;
import io.homeport.wire.link.AttachRefusal;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A certified node that names streams which are not its own: nothing of it reaches them. */
@Timeout(60)
class ForeignStreamsTest {
    private static final StreamLimits LIMITS = StreamLimits.DEFAULT;

    @TempDir
    Path dir;

    private TestNode alpha;
    private TestNode beta;
    private TestNode mad;
    private ShadowNet net;
    private Moved moved;

    @BeforeEach
    void start() throws Exception {
        alpha = new TestNode("alpha", dir, LIMITS);
        beta = new TestNode("beta", dir, LIMITS);
        mad = new TestNode("mad", dir, LIMITS);
        TestNode.connect(alpha, beta);
        TestNode.connect(alpha, mad);
        TestNode.connect(beta, mad);
        net = ShadowNet.open("foreign");
        moved = Moved.connection(alpha, beta, net);
        exchange();
    }

    @AfterEach
    void stop() throws Exception {
        moved.close();
        alpha.close();
        beta.close();
        mad.close();
        net.close();
    }

    @Test
    void shouldDropFramesForAStreamThatIsNotTheSenders() throws Exception {
        long id = moved.state.id();
        StreamFrames frames = new StreamFrames();
        for (TestNode victim : List.of(alpha, beta)) {
            ByteBuf data = StreamFrames.emptyData(4);
            data.setBytes(data.readerIndex() + 32, "evil".getBytes(StandardCharsets.US_ASCII));
            inject(victim, frames.data(data, id, 1, false, 4));
            inject(victim, frames.ack(id, 1, Long.MAX_VALUE));
            inject(victim, frames.end(id, 1, Mark.RESET, 104));
            inject(victim, frames.released(id));
            inject(victim, frames.attached(id, 0, Long.MAX_VALUE, 1));
            inject(victim, frames.refused(id, AttachRefusal.UNKNOWN_STREAM));
        }
        exchange();
    }

    @Test
    void shouldRefuseToAttachAnotherNodeInTheSameMove() throws Exception {
        inject(alpha, new StreamFrames().attach(moved.state.id(), 1, 1_000, 1));
        exchange();
        assertThat(alpha.plane.describe().get()).allMatch(end -> "beta".equals(end.boundTo()));
    }

    @Test
    void shouldKnowNoStreamThatWasGuessed() throws Exception {
        for (long guess : new long[] {0, 1, -1, moved.state.id() + 1, moved.state.id() ^ 1L << 63}) {
            inject(alpha, new StreamFrames().attach(guess, 0, 1_000, 1_000));
        }
        exchange();
    }

    /** As if {@code mad} had sent it; the victim's answer goes to {@code mad}. */
    private void inject(TestNode victim, ByteBuf frame) throws Exception {
        victim.loop.submit(() -> {
            victim.plane.frame(victim.peer("mad"), frame);
            return null;
        }).get();
        frame.release();
    }

    private void exchange() throws Exception {
        moved.client.getOutputStream().write(7);
        assertThat(moved.application.readFully(1)).containsExactly(7);
        moved.application.write(new byte[] {8});
        assertThat(moved.client.getInputStream().read()).isEqualTo(8);
    }
}
