package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnderwayTest {
    @TempDir
    Path directory;

    @Test
    void shouldBeOpenUntilItEnds() throws IOException {
        Underway underway = new Underway(new CommitLog(directory));
        underway.begin(7, "shop");
        assertThat(underway.isOpen(7)).isTrue();

        underway.end(7);
        assertThat(underway.isOpen(7)).isFalse();
    }

    @Test
    void shouldStayOpenWhileItsWordIsOnTheDisk() throws IOException {
        CommitLog log = new CommitLog(directory);
        Underway underway = new Underway(log);
        underway.begin(7, "shop");
        log.write(new CommitLog.Entry(7, CommitLog.Word.GIVEN, "beta", 1));
        underway.end(7);
        assertThat(new Underway(new CommitLog(directory)).isOpen(7)).as("in the next daemon").isTrue();

        log.forget(7);
        assertThat(underway.isOpen(7)).isFalse();
    }
}
