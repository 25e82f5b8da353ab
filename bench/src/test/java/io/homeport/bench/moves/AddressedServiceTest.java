package io.homeport.bench.moves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressedServiceTest {
    @Test
    void shouldTakeAnAddressOfTheNodesNetwork() throws Exception {
        assertThat(AddressedService.besides(InetAddress.getByName("10.77.3.1")).getHostAddress()).isEqualTo("10.77.3.253");
    }

    @Test
    void shouldStartTheJvmWithFurtherOptions() {
        JvmPlan jvm = new JvmPlan("/bin/java", 50, "x.jar");
        assertThat(jvm.words(7, "/ready", "-Xlog")).containsSubsequence("/bin/java", "-Xmx164m", "-Xlog", "-cp", "x.jar", "7", "50", "/ready");
    }

    @Test
    void shouldSayWhyAScriptFailed() throws Exception {
        assertThat(Command.runOnHost("echo \"$1 $2\"", List.of("a", "b"))).isEqualTo("a b\n");
        assertThatThrownBy(() -> Command.runOnHost("echo lost >&2; exit 3", List.of()))
                .isInstanceOf(IOException.class)
                .hasMessage("status 3 on the host: lost");
    }
}
