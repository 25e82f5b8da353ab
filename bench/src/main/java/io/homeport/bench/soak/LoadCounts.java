package io.homeport.bench.soak;

/** What became of connections and their bytes. Of the thread that counts; others get copies. */
final class LoadCounts {
    final WordCounts words = new WordCounts();
    long opened;
    long broken;

    /** Counts a connection that is over. */
    void take(SoakClient client) {
        words.add(client.counts());
        broken += client.state() == SoakClient.State.BROKEN ? 1 : 0;
    }

    LoadCounts add(LoadCounts other) {
        words.add(other.words);
        opened += other.opened;
        broken += other.broken;
        return this;
    }
}
