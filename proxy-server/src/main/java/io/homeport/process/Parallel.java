package io.homeport.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Asks the kernel about thousands of files on all processors: the process that has them stands still meanwhile. */
public final class Parallel {
    private Parallel() {}

    /** What is asked about each; any thread. */
    @FunctionalInterface
    public interface Question<T, R> {
        R about(T one) throws IOException;
    }

    /** The answers in the order of {@code all}; an answer may be null. @throws IOException of one that failed */
    public static <T, R> List<R> ask(List<T> all, Question<T, R> question) throws IOException {
        try {
            return all.parallelStream().map(one -> unchecked(question, one)).collect(Collectors.toCollection(ArrayList::new));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static <T, R> R unchecked(Question<T, R> question, T one) {
        try {
            return question.about(one);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
