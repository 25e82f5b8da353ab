package io.homeport.demo.watch;

import io.homeport.demo.wire.StreamDigest;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/**
 * Holds the reports of both ends of every connection against each other, when nothing is in flight any more.
 *
 * @param requests requests of all philosophers
 * @param toServerBytes bytes from the philosophers to the fork server, checked at both ends
 * @param toPhilosophersBytes the other direction
 */
public record Accounts(long requests, long toServerBytes, long toPhilosophersBytes) {

    /** Compares; whatever does not agree goes to the verdict. Philosophers' reports are by seat. */
    public static Accounts settle(Map<Integer, String> philosophers, String forkServer, Verdict verdict) {
        Properties server = parse(forkServer);
        Accounts sum = new Accounts(0, 0, 0);
        for (Map.Entry<Integer, String> report : philosophers.entrySet()) {
            sum = sum.plus(one(report.getKey(), parse(report.getValue()), server, verdict));
        }
        long answers = number(server, "answers");
        if (answers != sum.requests) {
            verdict.violation(sum.requests + " requests asked, " + answers + " answered by the fork server");
        }
        return sum;
    }

    private static Accounts one(int seat, Properties own, Properties server, Verdict verdict) {
        String prefix = "seat" + seat + ".";
        long asked = number(own, "asked");
        if (number(own, "answered") != asked || number(server, prefix + "requests") != asked) {
            verdict.violation("seat " + seat + " asked " + asked + ", was answered " + number(own, "answered")
                    + "; the fork server heard " + number(server, prefix + "requests"));
        }
        StreamDigest up = same("from seat " + seat, digest(own, "out"), digest(server, prefix + "in"), verdict);
        StreamDigest down = same("to seat " + seat, digest(server, prefix + "out"), digest(own, "in"), verdict);
        return new Accounts(asked, up.bytes(), down.bytes());
    }

    private static StreamDigest same(String direction, StreamDigest sent, StreamDigest received, Verdict verdict) {
        if (!sent.equals(received)) {
            verdict.mismatch(direction + " sent " + sent + ", received " + received);
        }
        return received;
    }

    private Accounts plus(Accounts other) {
        return new Accounts(
                requests + other.requests,
                toServerBytes + other.toServerBytes,
                toPhilosophersBytes + other.toPhilosophersBytes);
    }

    private static Properties parse(String report) {
        Properties lines = new Properties();
        try {
            lines.load(new StringReader(report));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return lines;
    }

    private static long number(Properties report, String name) {
        return Long.parseLong(report.getProperty(name, "-1"));
    }

    private static StreamDigest digest(Properties report, String name) {
        return StreamDigest.parse(report.getProperty(name, "-1:-1:0"));
    }
}
