package io.homeport.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;

class SockaddrTest {
    @Test
    void shouldComeBackAsItWas() throws Exception {
        byte[] ip = InetAddress.getByName("fe80::1").getAddress();
        InetSocketAddress[] addresses = {
            new InetSocketAddress("203.0.113.7", 5555),
            new InetSocketAddress("::1", 65535),
            new InetSocketAddress(Inet6Address.getByAddress(null, ip, 3), 80),
            new InetSocketAddress("0.0.0.0", 0)
        };
        for (InetSocketAddress address : addresses) {
            byte[] encoded = Sockaddr.encode(address);
            assertThat(Sockaddr.decode(encoded, encoded.length)).isEqualTo(address);
        }
    }

    @Test
    void shouldMapIpv4OnAnIpv6Socket() {
        InetSocketAddress four = new InetSocketAddress("192.0.2.1", 22);
        byte[] mapped = Sockaddr.encode(four, Linux.AF_INET6);
        assertThat(mapped).hasSize(28);
        assertThat(Sockaddr.family(mapped, mapped.length)).isEqualTo(Linux.AF_INET6);
        assertThat(Sockaddr.decode(mapped, mapped.length)).isEqualTo(four);
        byte[] any = Sockaddr.encode(new InetSocketAddress("0.0.0.0", 1), Linux.AF_INET6);
        assertThat(Sockaddr.decode(any, any.length)).isEqualTo(new InetSocketAddress("::", 1));
        assertThatThrownBy(() -> Sockaddr.encode(new InetSocketAddress("::1", 1), Linux.AF_INET)).hasMessageContaining("not an IPv4");
    }

    @Test
    void shouldNameUnixSockets() {
        byte[] path = Sockaddr.encode(UnixDomainSocketAddress.of("/run/homeport.sock"));
        assertThat(Sockaddr.decodeUnix(path, path.length)).isEqualTo("/run/homeport.sock");
        byte[] hidden = Sockaddr.encodeUnix("\0hidden");
        assertThat(hidden).hasSize(9);
        assertThat(Sockaddr.decodeUnix(hidden, hidden.length)).isEqualTo("\0hidden");
        assertThat(Sockaddr.decodeUnix(new byte[] {1, 0}, 2)).isEmpty();
        assertThat(Sockaddr.decode(path, path.length)).isNull();
    }
}
