package io.homeport.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScriptTest {
    private final List<Guest> company = Guest.company();

    @Test
    void shouldBeTheSameForTheSameSeed() {
        assertThat(new Script(5, 40, company, 3).moves()).isEqualTo(new Script(5, 40, company, 3).moves());
        assertThat(new Script(5, 40, company, 3).moves()).isNotEqualTo(new Script(6, 40, company, 3).moves());
    }

    @Test
    void shouldMoveEverybodyEquallyOftenAndNeverNowhere() {
        Map<Guest, Integer> place = new HashMap<>();
        Map<Guest, Integer> times = new HashMap<>();
        company.forEach(guest -> place.put(guest, guest.home()));
        for (Script.Move move : new Script(1, 30, company, 3).moves()) {
            assertThat(move.to()).isBetween(0, 2).isNotEqualTo(place.put(move.guest(), move.to()));
            times.merge(move.guest(), 1, Integer::sum);
        }
        assertThat(times.values()).hasSize(company.size()).containsOnly(5);
    }
}
