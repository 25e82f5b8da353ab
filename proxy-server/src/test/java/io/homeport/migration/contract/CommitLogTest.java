package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitLogTest {
    @TempDir
    Path directory;

    @Test
    void shouldKeepItsWordsForTheNextDaemon() throws IOException {
        CommitLog.Entry given = new CommitLog.Entry(-5, CommitLog.Word.GIVEN, "beta", 4711);
        CommitLog.Entry mine = new CommitLog.Entry(6, CommitLog.Word.MINE, "alpha", 12);
        CommitLog log = new CommitLog(directory);
        log.write(given);
        log.write(mine);

        assertThat(new CommitLog(directory).entries()).containsExactlyInAnyOrder(given, mine);
    }

    @Test
    void shouldHoldOneWordForEachMigration() throws IOException {
        CommitLog log = new CommitLog(directory);
        log.write(new CommitLog.Entry(1, CommitLog.Word.GIVEN, "beta", 1));
        log.write(new CommitLog.Entry(1, CommitLog.Word.MINE, "beta", 2));

        assertThat(log.entries()).containsExactly(new CommitLog.Entry(1, CommitLog.Word.MINE, "beta", 2));
    }

    @Test
    void shouldForget() throws IOException {
        CommitLog log = new CommitLog(directory);
        log.write(new CommitLog.Entry(1, CommitLog.Word.GIVEN, "beta", 1));
        log.forget(1);

        assertThat(log.entries()).isEmpty();
    }
}
