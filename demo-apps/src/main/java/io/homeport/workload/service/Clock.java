package io.homeport.workload.service;

import java.util.concurrent.locks.LockSupport;

/** Watches {@link System#nanoTime} and the timers from inside the service: a clock that ran back, a sleep that never ended. */
final class Clock {
    private volatile long backwards;
    private volatile long ticks;
    private volatile long longestTickMs;

    Clock() {
        Thread thread = new Thread(this::watch, "clock");
        thread.setDaemon(true);
        thread.start();
    }

    String report() {
        return "ticks=" + ticks + " backwards=" + backwards + " longestTickMs=" + longestTickMs + " nanoTime=" + System.nanoTime();
    }

    private void watch() {
        long last = System.nanoTime();
        while (true) {
            LockSupport.parkNanos(5_000_000);
            long now = System.nanoTime();
            if (now < last) {
                backwards++;
            }
            longestTickMs = Math.max(longestTickMs, (now - last) / 1_000_000);
            ticks++;
            last = now;
        }
    }
}
