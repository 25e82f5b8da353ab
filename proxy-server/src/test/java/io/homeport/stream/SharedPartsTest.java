package io.homeport.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.socket.SocketOptions;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class SharedPartsTest {
    private static final byte[] KEEPALIVE = {2, 1, 1, 1};
    private static final byte[] NO_KEEPALIVE = {2, 1, 1, 0};

    private final SharedParts shared = new SharedParts();

    @Test
    void shouldHoldOnceWhatStreamsOfAServiceHaveAlike() throws Exception {
        StreamState one = shared.lasting(accepted(1, 40_001, KEEPALIVE));
        StreamState other = shared.lasting(accepted(2, 40_002, KEEPALIVE));
        assertThat(other.local()).isSameAs(one.local());
        assertThat(other.options()).isSameAs(one.options());
        assertThat(other.remote().getAddress()).isSameAs(one.remote().getAddress());
        assertThat(one.remote()).isEqualTo(address(7, 40_001));
        assertThat(other.remote()).isEqualTo(address(7, 40_002));
    }

    @Test
    void shouldKeepApartWhatDiffers() throws Exception {
        StreamState one = shared.lasting(accepted(1, 40_001, KEEPALIVE));
        for (int stream = 0; stream < 2_000; stream++) {
            StreamState other = accepted(stream, stream + 1, stream % 2 == 0 ? KEEPALIVE : NO_KEEPALIVE);
            StreamState lasting = shared.lasting(other);
            assertThat(lasting.local()).isEqualTo(other.local());
            assertThat(lasting.remote()).isEqualTo(other.remote());
            assertThat(lasting.options()).isEqualTo(other.options());
        }
        assertThat(one.options()).isEqualTo(SocketOptions.decode(KEEPALIVE));
    }

    @Test
    void shouldKeepScopesApartThatAddressesCallEqual() throws Exception {
        StreamState one = shared.lasting(linkLocal(1));
        StreamState other = shared.lasting(linkLocal(2));
        assertThat(((Inet6Address) one.local().getAddress()).getScopeId()).isEqualTo(1);
        assertThat(((Inet6Address) other.local().getAddress()).getScopeId()).isEqualTo(2);
    }

    @Test
    void shouldNotHoldTheBytesOfTheJourneyForGood() throws Exception {
        StreamState arrived = new StreamState(
                1, "alpha", StreamKind.TCP, address(1, 80), address(7, 40_001), 0, false, SocketOptions.NONE, false, 0,
                new StreamState.Inbound(5, new byte[1_000], true), new StreamState.Outbound(9, new byte[1_000], true, false));
        StreamState lasting = shared.lasting(arrived);
        assertThat(lasting.inbound().unread()).isEmpty();
        assertThat(lasting.outbound().unsent()).isEmpty();
    }

    private static StreamState accepted(long id, int peersPort, byte[] options) throws UnknownHostException {
        return StreamState.connection(id, "alpha", StreamKind.TCP, address(1, 80), address(7, peersPort), SocketOptions.decode(options));
    }

    private static StreamState linkLocal(int scope) throws UnknownHostException {
        byte[] ip = new byte[16];
        ip[0] = (byte) 0xfe;
        ip[1] = (byte) 0x80;
        InetSocketAddress local = new InetSocketAddress(Inet6Address.getByAddress(null, ip, scope), 80);
        return StreamState.connection(scope, "alpha", StreamKind.TCP, local, address(7, 1), SocketOptions.NONE);
    }

    private static InetSocketAddress address(int host, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) host}), port);
    }
}
