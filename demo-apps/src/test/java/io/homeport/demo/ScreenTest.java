package io.homeport.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.demo.watch.Rules;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(terminal, true, StandardCharsets.UTF_8), 26);

    @Test
    void shouldFillItsRowsAndNoMore() {
        screen.draw(scene(1, "checkpoint and more words than there is room for", List.of()));
        List<String> lines = drawn();
        assertThat(lines).hasSize(25).allMatch(line -> line.length() <= 80);
        assertThat(lines).anyMatch(line -> line.contains("» Hypatia  checkpoint"));
        assertThat(lines).anyMatch(line -> line.contains("… Hypatia"));
        assertThat(lines).anyMatch(line -> line.contains(" ψ  Thales  ‹Ψ  Hypatia"));
        assertThat(lines).anyMatch(line -> line.contains("● Averroes ΨΨ 102 meals"));
    }

    @Test
    void shouldShowTheLatestFault() {
        screen.draw(scene(-1, "", List.of("fork 1 lost", "fork 2 doubled")));
        assertThat(drawn()).anyMatch(line -> line.contains("faults: 2, the latest: fork 2 doubled"));
    }

    private List<String> drawn() {
        String picture = terminal.toString(StandardCharsets.UTF_8);
        String last = picture.substring(picture.lastIndexOf("\u001b[H"));
        return last.replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]", "").lines().toList();
    }

    /** Everybody on the first node, hypatia perhaps on the way to the second. */
    private static Scene scene(int headingTo, String step, List<String> faults) {
        List<Scene.Person> people = new ArrayList<>();
        long[] pulse = new long[Traveller.PULSE_SLOTS];
        pulse[Traveller.PULSE_SLOTS - 1] = 1_234_567;
        for (Guest guest : Guest.company()) {
            Rules.Phase phase = guest.philosopher() ? Rules.Phase.values()[guest.seat() % 3] : null;
            boolean away = guest.name().equals("hypatia");
            people.add(new Scene.Person(
                    guest, 0, away ? headingTo : -1, away ? step : "", phase, guest.seat() == 2 ? 2 : 0, 100 + guest.seat(), pulse, 9_999_000));
        }
        List<String> log = List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
        return new Scene(3_599_000, 7, 12, faults, List.of("alpha", "beta", "gamma"), people, List.of(-1, 0, 2, 2, -1), log);
    }
}
