package io.homeport.bench.goals;

import java.util.Locale;

/** One figure that Homeport is to reach on any machine: most are ratios to what people would use instead, in the same run. */
public enum Goal {
    /** wrk against Tomcat. The limit is the noise of a run. */
    IDLE_AGENT("before a move: requests/s of Tomcat, of those without agent", Bound.AT_LEAST, 0.9, "x"),
    PING_P50("64 B there and back, p50, of HAProxy over two hops", Bound.AT_MOST, 1, "x"),
    PING_P99("the same, p99", Bound.AT_MOST, 1, "x"),
    ONE_STREAM("one stream, tls: off, MB/s, of HAProxy over two hops", Bound.AT_LEAST, 1, "x"),
    ONE_STREAM_TLS("one stream, TLS, MB/s, of HAProxy over two hops in the clear", Bound.AT_LEAST, 1, "x"),
    STREAMS("64 streams, tls: off, MB/s, of HAProxy over two hops", Bound.AT_LEAST, 1, "x"),
    STREAMS_TLS("64 streams, TLS, MB/s, of HAProxy over two hops in the clear", Bound.AT_LEAST, 1, "x"),
    TOMCAT("wrk, 64 connections to a moved Tomcat, tls: off, requests/s, of an unmoved one behind HAProxy", Bound.AT_LEAST, 0.9, "x"),
    TOMCAT_TLS("the same, TLS, of an unmoved one behind HAProxy in the clear", Bound.AT_LEAST, 0.9, "x"),
    STUNNEL_STREAM("one stream, TLS, MB/s, of stunnel", Bound.AT_LEAST, 1, "x"),
    STUNNEL_STREAMS("64 streams, TLS, MB/s, of stunnel", Bound.AT_LEAST, 1, "x"),
    STUNNEL_REQUESTS("64 connections with requests, TLS, answers/s, of stunnel", Bound.AT_LEAST, 1, "x"),
    SILENCE("silence of a small JVM with 6 connections, of dump and restore by hand and 50 ms", Bound.AT_MOST, 1, "x"),
    THOUSANDS("silence with many connections, of that with 6", Bound.AT_MOST, 2, "x"),
    GIGABYTES("silence with 2 GB of live heap, s", Bound.AT_MOST, 1, "s"),
    IMAGE("bytes carried, of the live heap of 2 GB", Bound.AT_MOST, 1.25, "x"),
    IDLE_MEMORY("an idle moved connection in both daemons, KB", Bound.AT_MOST, 4, "KB");

    private enum Bound {
        AT_LEAST,
        AT_MOST
    }

    private final String text;
    private final Bound bound;
    private final double limit;
    private final String unit;

    Goal(String text, Bound bound, double limit, String unit) {
        this.text = text;
        this.bound = bound;
        this.limit = limit;
        this.unit = unit;
    }

    /** What is measured, and of what it is a part. */
    public String text() {
        return text;
    }

    /** The limit in words. */
    String wanted() {
        return (bound == Bound.AT_LEAST ? "at least " : "at most ") + String.format(Locale.ROOT, limit % 1 == 0 ? "%.0f " : "%.2f ", limit) + unit;
    }

    boolean reachedBy(double figure) {
        return bound == Bound.AT_LEAST ? figure >= limit : figure <= limit;
    }

    /** By what part of itself {@code before} has become worse; negative if better. */
    double worseBy(double now, double before) {
        return bound == Bound.AT_LEAST ? before / now - 1 : now / before - 1;
    }

    String unit() {
        return unit;
    }
}
