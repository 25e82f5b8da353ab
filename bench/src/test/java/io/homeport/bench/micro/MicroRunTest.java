package io.homeport.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class MicroRunTest {
    @Test
    void shouldForkWithTheOptionsOfTheParentPom() throws IOException {
        assertThat(MicroRun.jvmOptions()).contains("--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED").noneMatch(option -> option.contains("${"));
    }

    @Test
    void shouldPlayBothGames() throws IOException {
        for (PingPong game : new PingPong[] {new BlockingPingPong(), new SelectorPingPong()}) {
            for (int i = 0; i < 100; i++) {
                assertThat(game.play()).isZero();
            }
            game.close();
        }
    }
}
