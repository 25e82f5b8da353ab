package io.homeport.bench.soak;

/** What became of bytes that were sent. Of the thread that counts; others get copies. */
final class WordCounts {
    long goodBytes;
    long lostBytes;
    long doubledBytes;
    long mismatchedBytes;

    /** Adds another's. @return this */
    WordCounts add(WordCounts other) {
        goodBytes += other.goodBytes;
        lostBytes += other.lostBytes;
        doubledBytes += other.doubledBytes;
        mismatchedBytes += other.mismatchedBytes;
        return this;
    }

    /** How much more this is than an earlier count. */
    WordCounts since(WordCounts earlier) {
        WordCounts more = new WordCounts().add(this);
        more.goodBytes -= earlier.goodBytes;
        more.lostBytes -= earlier.lostBytes;
        more.doubledBytes -= earlier.doubledBytes;
        more.mismatchedBytes -= earlier.mismatchedBytes;
        return more;
    }

    boolean clean() {
        return lostBytes == 0 && doubledBytes == 0 && mismatchedBytes == 0;
    }

    @Override
    public String toString() {
        return lostBytes + " bytes lost, " + doubledBytes + " doubled, " + mismatchedBytes + " mismatched";
    }
}
