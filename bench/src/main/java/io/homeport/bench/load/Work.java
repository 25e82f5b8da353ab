package io.homeport.bench.load;

import java.util.Locale;

/** What is done through every contender. The names are the command line's, in lower case. */
public enum Work {
    /** 64 bytes there and back on one connection, the next one when the answer is there. */
    PING("64 bytes there and back on one connection, one after the other", Kind.MESSAGES, 1, 64, 64),
    /** The same at a fixed rate, whether answers come or not. */
    PACED("64 bytes there and back on one connection, at a fixed rate", Kind.MESSAGES, 1, 64, 64),
    /** One client sends as fast as it can. */
    UP("one stream from the client to the server", Kind.PAGES_UP, 1, 0, 0),
    /** One client receives as fast as it can. */
    DOWN("one stream from the server to the client", Kind.PAGES_DOWN, 1, 0, 0),
    /** Many clients receive as fast as they can. */
    STREAMS("64 streams from the server to clients", Kind.PAGES_DOWN, 64, 0, 0),
    /** Many clients, each with one request under way. */
    REQUESTS("64 connections, each with one request of 64 bytes under way, answered by 1,024 bytes", Kind.MESSAGES, 64, 64, 1024);

    /** What goes over its connections. */
    public enum Kind {
        /** Numbered messages and their answers. */
        MESSAGES,
        /** Pages from the client. */
        PAGES_UP,
        /** Pages from the server. */
        PAGES_DOWN
    }

    private final String text;
    private final Kind kind;
    private final int connections;
    private final int requestBytes;
    private final int answerBytes;

    Work(String text, Kind kind, int connections, int requestBytes, int answerBytes) {
        this.text = text;
        this.kind = kind;
        this.connections = connections;
        this.requestBytes = requestBytes;
        this.answerBytes = answerBytes;
    }

    /** One line for people. */
    public String text() {
        return text;
    }

    /** What goes over its connections. */
    public Kind kind() {
        return kind;
    }

    /** How many there are. */
    public int connections() {
        return connections;
    }

    int requestBytes() {
        return requestBytes;
    }

    int answerBytes() {
        return answerBytes;
    }

    /** As the command line names it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
