package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {
    private final List<String> done = new ArrayList<>();

    @Test
    void shouldUndoTheLatestFirst() {
        try (Undo undo = new Undo()) {
            undo.add("one", () -> done.add("one"));
            undo.add("two", () -> done.add("two"));
        }
        assertThat(done).containsExactly("two", "one");
    }

    @Test
    void shouldGoOnWhenOneFails() {
        try (Undo undo = new Undo()) {
            undo.add("one", () -> done.add("one"));
            undo.add("bad", () -> {
                throw new IOException("cannot");
            });
        }
        assertThat(done).containsExactly("one");
    }

    @Test
    void shouldUndoNothingAfterTheCommit() {
        try (Undo undo = new Undo()) {
            undo.add("one", () -> done.add("one"));
            undo.forget();
        }
        assertThat(done).isEmpty();
    }
}
