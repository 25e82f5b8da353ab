package io.homeport.demo.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private static final String SEAT = "asked=10\nanswered=10\nin=300:11:aa\nout=200:10:bb\n";
    private static final String SERVER = "answers=10\nseat0.requests=10\nseat0.in=200:10:bb\nseat0.out=300:11:aa\n";

    private final Verdict verdict = new Verdict();

    @Test
    void shouldAgreeWithEqualReports() {
        assertThat(settle(SEAT, SERVER)).isEqualTo(new Accounts(10, 200, 300));
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.mismatches()).isEmpty();
    }

    @Test
    void shouldTellDifferentBytes() {
        settle(SEAT, SERVER.replace("200:10:bb", "200:10:bc"));
        assertThat(verdict.mismatches()).containsExactly("from seat 0 sent 200:10:bb, received 200:10:bc");
    }

    @Test
    void shouldTellARequestWithoutAnswer() {
        settle(SEAT.replace("answered=10", "answered=9"), SERVER);
        assertThat(verdict.violations()).containsExactly("seat 0 asked 10, was answered 9; the fork server heard 10");
    }

    @Test
    void shouldTellAnAnswerTooMany() {
        settle(SEAT, SERVER.replace("answers=10", "answers=11"));
        assertThat(verdict.violations()).containsExactly("10 requests asked, 11 answered by the fork server");
    }

    @Test
    void shouldTellASeatMissingInTheServersReport() {
        settle(SEAT, "answers=10\n");
        assertThat(verdict.violations()).isNotEmpty();
        assertThat(verdict.mismatches()).hasSize(2);
    }

    private Accounts settle(String seat, String server) {
        return Accounts.settle(Map.of(0, seat), server, verdict);
    }
}
