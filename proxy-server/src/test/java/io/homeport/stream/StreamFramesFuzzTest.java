package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import io.homeport.hostile.Pieces;
import io.homeport.journal.Journal;
import io.homeport.link.FrameBuffers;
import io.homeport.link.Peer;
import io.homeport.link.QuietPeer;
import io.homeport.posix.Linux;
import io.homeport.posix.Posix;
import io.homeport.socket.ShadowNet;
import io.homeport.socket.SocketOptions;
import io.homeport.wire.Frames;
import io.homeport.wire.MalformedFrameException;
import io.homeport.wire.link.AttachRefusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The frames of a certified node that has gone mad, several in a row, for a node that has one deputy (stream 1), one listener's deputy (2) and
 * one stub (3), all with real sockets. The first byte of a piece says from whom it is: even from the node that they belong to, odd from another.
 */
class StreamFramesFuzzTest {
    private static final int DEPUTY = 1;
    private static final int LISTENER = 2;
    private static final int STUB = 3;
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.1", 80);

    private static final Map<String, Peer> PEERS = Map.of("alpha", new QuietPeer("alpha"), "gamma", new QuietPeer("gamma"));

    private static IoEventLoop loop;
    private static Journal journal;
    private static StreamPlane plane;
    private static StreamContext context;
    private static ShadowNet net;

    static Stream<byte[]> shouldServeOrRefuse() {
        StreamFrames frames = new StreamFrames();
        ByteBuf data = StreamFrames.emptyData(5);
        data.setBytes(data.readerIndex() + 32, "hello".getBytes(StandardCharsets.US_ASCII));
        byte[] attach = own(frames.attach(DEPUTY, 0, 1_000, 1));
        byte[] hello = own(frames.data(data, DEPUTY, 0, false, 5));
        byte[] toStub = hello.clone();
        toStub[1 + 8] = STUB;
        return Stream.of(
                Pieces.join(attach, hello, own(frames.ack(DEPUTY, 4, 2_000)), own(frames.end(DEPUTY, 5, Mark.EOF, 0)), own(frames.released(DEPUTY))),
                Pieces.join(attach, own(frames.options(DEPUTY, SocketOptions.decode(new byte[] {2, 40, 4, 1, 0, 0, 0}))), own(frames.end(DEPUTY, 0, Mark.RESET, 104))),
                Pieces.join(own(frames.attach(LISTENER, 0, 0, 1)), own(frames.end(LISTENER, 0, Mark.CLOSED, 0))),
                Pieces.join(own(frames.attached(STUB, 0, 1_000, 1)), toStub, own(frames.end(STUB, 5, Mark.CLOSED, 0)), own(frames.released(STUB))),
                Pieces.join(own(frames.refused(STUB, AttachRefusal.NOT_OPEN)), own(frames.open(STUB, 9, ADDRESS, ADDRESS, SocketOptions.NONE))));
    }

    @BeforeAll
    static void open() throws IOException {
        loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()).next();
        Path directory = Files.createTempDirectory("homeport-fuzz");
        journal = Journal.open(directory, 4 << 20);
        plane = new StreamPlane("beta", loop, journal, StreamLimits.DEFAULT, PEERS::get, new SecureRandom());
        net = ShadowNet.open("fuzz");
        context = new StreamContext(journal, StreamLimits.DEFAULT, (delayMs, task) -> { });
    }

    @MethodSource
    @FuzzTest
    void shouldServeOrRefuse(byte[] input) {
        long before = journal.liveBytes();
        Deputies deputies = new Deputies(plane, context, new SecureRandom());
        StubTable stubs = new StubTable(plane, context);
        FrameDispatch dispatch = new FrameDispatch(deputies, stubs);
        List<Raw> applications = onLoop(() -> populate(deputies, stubs));
        boolean up = true;
        for (byte[] piece : Pieces.split(input)) {
            up = up && piece.length > Frames.HEADER_BYTES && onLoop(() -> served(dispatch, piece));
        }
        onLoop(() -> {
            deputies.closeAll();
            stubs.closeAll();
            return null;
        });
        applications.forEach(Raw::close);
        assertThat(journal.liveBytes()).as("bytes that nobody released").isEqualTo(before);
    }

    private static List<Raw> populate(Deputies deputies, StubTable stubs) throws IOException {
        int[][] pairs = {pair(), pair(), pair()};
        deputies.hold(Map.of(
                state(DEPUTY, "beta"), pairs[0][0], StreamState.listener(LISTENER, "beta", ADDRESS, 5, SocketOptions.NONE), pairs[1][0]));
        deputies.open(List.of((long) DEPUTY, (long) LISTENER));
        stubs.start(stubs.add(new ShadowSockets.Made(state(STUB, "alpha"), -1, pairs[2][0], -1), net, 1));
        List<Raw> applications = List.of(new Raw(pairs[0][1]), new Raw(pairs[1][1]), new Raw(pairs[2][1]));
        applications.get(0).write(new byte[100]);
        applications.get(2).write(new byte[100]);
        return applications;
    }

    /** False if the lane ends with this frame. */
    private static boolean served(FrameDispatch dispatch, byte[] piece) {
        Peer from = PEERS.get((piece[0] & 1) == 0 ? "alpha" : "gamma");
        ByteBuf frame = FrameBuffers.allocate(piece.length - 1);
        frame.writeBytes(piece, 1, piece.length - 1);
        UnsafeBuffer view = new UnsafeBuffer(0, 0);
        FrameBuffers.viewReadable(view, frame);
        try {
            Cost.bounded(piece.length, () -> dispatch.frame(plane.lane(from), from, frame, view));
            return true;
        } catch (MalformedFrameException refused) {
            return false;
        } finally {
            frame.release();
        }
    }

    private static StreamState state(long id, String origin) {
        return StreamState.connection(id, origin, StreamKind.UNIX, null, null, SocketOptions.NONE);
    }

    private static int[] pair() throws IOException {
        int[] pair = new int[2];
        Posix.check(Posix.socketpair(Linux.AF_UNIX, Linux.SOCK_STREAM, pair), "socketpair");
        return pair;
    }

    private static byte[] own(ByteBuf frame) {
        byte[] bytes = new byte[1 + frame.readableBytes()];
        frame.readBytes(bytes, 1, bytes.length - 1);
        frame.release();
        return bytes;
    }

    private static <T> T onLoop(Callable<T> task) {
        try {
            return plane.call(task).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError("not declared", e.getCause());
        }
    }
}
