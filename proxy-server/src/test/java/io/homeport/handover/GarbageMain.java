package io.homeport.handover;

import java.util.ArrayList;
import java.util.List;

/** Fills a heap, lets go of most of it, and waits. */
public final class GarbageMain {
    static final int MEGABYTES = 150;
    private static final int KEPT = 10;

    private GarbageMain() {}

    public static void main(String[] args) throws InterruptedException {
        List<byte[]> held = new ArrayList<>();
        for (int i = 0; i < MEGABYTES * 64; i++) {
            held.add(new byte[16 << 10]);
        }
        held.subList(KEPT * 64, held.size()).clear();
        System.out.println(held.size());
        Thread.currentThread().join();
    }
}
