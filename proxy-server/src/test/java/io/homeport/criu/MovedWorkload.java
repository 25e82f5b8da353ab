package io.homeport.criu;

import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the system tests dump and restore: a JVM that ticks, watches System.nanoTime(), and owns socket pairs of both kinds,
 * with bytes queued in them and a thread blocked in each.
 *
 * <p>Run with a directory. Writes {@code ready}, appends to {@code ticks}; when {@code drain} appears, writes what the pairs
 * held to {@code drained} and ends with status 0. With a second argument it has so many MB of {@link Ballast}, which it churns when
 * {@code churn} appears, writing how that went to {@code churned}.
 */
public final class MovedWorkload {
    private static final int[] TYPES = {Linux.SOCK_STREAM, Linux.SOCK_SEQPACKET};

    private MovedWorkload() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        Posix.outliveTraps();
        List<int[]> queued = new ArrayList<>();
        List<int[]> awaited = new ArrayList<>();
        List<String> heard = new ArrayList<>();
        List<Thread> listeners = new ArrayList<>();
        for (int type : TYPES) {
            int[] pair = pair(type);
            send(pair[0], "one-" + type);
            send(pair[0], "two-" + type);
            queued.add(pair);
            int[] blocked = pair(type);
            awaited.add(blocked);
            Thread listener = new Thread(() -> {
                String message = receive(blocked[1]);
                synchronized (heard) {
                    heard.add(message);
                }
            });
            listener.start();
            listeners.add(listener);
        }
        Ballast ballast = new Ballast(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0);
        Thread churner = new Thread(() -> churn(directory, ballast));
        churner.setDaemon(true);
        churner.start();
        Files.writeString(directory.resolve("ready"), "");
        long backwards = tickUntil(directory);
        for (int i = 0; i < TYPES.length; i++) {
            send(awaited.get(i)[0], "late-" + TYPES[i]);
            listeners.get(i).join();
        }
        String streamed = receive(queued.get(0)[1]);
        String packets = receive(queued.get(1)[1]) + "," + receive(queued.get(1)[1]);
        Files.writeString(
                directory.resolve("drained"), streamed + " " + packets + " " + String.join(",", heard) + " backwards=" + backwards);
    }

    private static long tickUntil(Path directory) throws IOException, InterruptedException {
        long backwards = 0;
        long last = System.nanoTime();
        Path drain = directory.resolve("drain");
        for (long tick = 0; !Files.exists(drain); tick++) {
            long now = System.nanoTime();
            backwards += now < last ? 1 : 0;
            last = now;
            Files.writeString(directory.resolve("ticks"), "" + tick);
            Thread.sleep(5);
        }
        return backwards;
    }

    private static void churn(Path directory, Ballast ballast) {
        try {
            while (!Files.exists(directory.resolve("churn"))) {
                Thread.sleep(5);
            }
            Files.writeString(directory.resolve("churned"), "whole=" + ballast.churn());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int[] pair(int type) {
        int[] pair = new int[2];
        if (Posix.socketpair(Linux.AF_UNIX, type | Linux.SOCK_CLOEXEC, pair) != 0) {
            throw new IllegalStateException("no socket pair");
        }
        return pair;
    }

    private static void send(int fd, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        if (Posix.send(fd, Memory.address(buffer), bytes.length, 0) != bytes.length) {
            throw new IllegalStateException("not sent");
        }
    }

    private static String receive(int fd) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        long length = Posix.recv(fd, Memory.address(buffer), 64, 0);
        if (length < 0) {
            return "errno" + length;
        }
        byte[] bytes = new byte[(int) length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
