package io.homeport.bench.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Outputs of wrk 4.1.0 against a Tomcat. */
class WrkResultTest {
    private static final String GOOD = """
            Running 1s test @ http://127.0.0.1:18080/
              1 threads and 64 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency    96.98ms   63.43ms 448.42ms   69.64%
                Req/Sec   568.60    169.00     0.87k    80.00%
              Latency Distribution
                 50%   87.63ms
                 75%  131.09ms
                 90%  191.32ms
                 99%  290.45ms
              604 requests in 1.07s, 118.56KB read
            Requests/sec:    563.88
            Transfer/sec:    110.68KB
            """;

    @Test
    void shouldReadRateAndWaits() {
        assertThat(WrkResult.parse(GOOD)).isEqualTo(new WrkResult(604, 563.88, 87_630, 290_450));
    }

    @Test
    void shouldReadAnyUnitOfTime() {
        WrkResult result = WrkResult.parse(GOOD.replace(" 87.63ms", "871.00us").replace("290.45ms", "  1.20s"));
        assertThat(result.p50Us()).isEqualTo(871);
        assertThat(result.p99Us()).isEqualTo(1_200_000);
    }

    @Test
    void shouldTellOfBrokenConnections() {
        String broken = GOOD.replace("Requests/sec", "  Socket errors: connect 0, read 74, write 19298, timeout 0\nRequests/sec");
        assertThatThrownBy(() -> WrkResult.parse(broken))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("wrk: Socket errors: connect 0, read 74, write 19298, timeout 0");
    }

    @Test
    void shouldTellOfAnswersThatAreErrors() {
        String refused = GOOD.replace("Requests/sec", "  Non-2xx or 3xx responses: 361\nRequests/sec");
        assertThatThrownBy(() -> WrkResult.parse(refused))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("wrk: Non-2xx or 3xx responses: 361");
    }

    @Test
    void shouldTakeNothingForNoRequests() {
        assertThatThrownBy(() -> WrkResult.parse(GOOD.replace("604 requests", "0 requests"))).hasMessage("wrk: no request was answered");
    }

    @Test
    void shouldRefuseWhatIsNotWrks() {
        assertThatThrownBy(() -> WrkResult.parse("bash: no")).isInstanceOf(IllegalArgumentException.class).hasMessageEndingWith("bash: no");
    }
}
