package io.homeport.bench.micro;

import java.io.Closeable;
import java.io.IOException;

/** A connection to a thread of the same JVM that sends everything back. Played and closed by one thread. */
interface PingPong extends Closeable {
    /** Length of a message. */
    int MESSAGE_BYTES = 64;

    /** Sends a message and waits until it is back. @return its first byte */
    int play() throws IOException;

    /** Starts the thread that answers; it ends when its socket does. */
    static void answer(Answering work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // The game is over.
            }
        }, "pong");
        thread.setDaemon(true);
        thread.start();
    }

    /** What the answering thread does. */
    interface Answering {
        void run() throws IOException;
    }
}
