package io.homeport.bench.soak;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of everything under one kind of fault. The command's thread. */
final class Tally {
    int turns;
    int struck;
    int tried;
    int moved;
    int stayed;
    int survived;
    int twoCopies;
    long broken;
    final WordCounts words = new WordCounts();

    /** A service was tried to be moved. @param well everything held afterwards */
    void tried(MoveTry.Said became, boolean well) {
        tried++;
        moved += became == MoveTry.Said.MOVED ? 1 : 0;
        stayed += became == MoveTry.Said.STAYED ? 1 : 0;
        survived += well ? 1 : 0;
    }

    Tally add(Tally other) {
        turns += other.turns;
        struck += other.struck;
        tried += other.tried;
        moved += other.moved;
        stayed += other.stayed;
        survived += other.survived;
        twoCopies += other.twoCopies;
        broken += other.broken;
        words.add(other.words);
        return this;
    }

    /** Nothing lost, doubled, mismatched, broken, twice; every service lives. */
    boolean clean() {
        return words.clean() && broken == 0 && twoCopies == 0 && survived == tried;
    }

    List<String> cells(String name) {
        return List.of(
                name,
                turns + "",
                struck + "",
                tried + "",
                moved + "",
                stayed + "",
                survived + "",
                words.lostBytes + "",
                words.doubledBytes + "",
                words.mismatchedBytes + "",
                twoCopies + "",
                broken + "");
    }

    Map<String, Object> json(String name) {
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("fault", name);
        whole.put("turns", turns);
        whole.put("struck", struck);
        whole.put("tried", tried);
        whole.put("moved", moved);
        whole.put("stayed", stayed);
        whole.put("survived", survived);
        whole.put("lostBytes", words.lostBytes);
        whole.put("doubledBytes", words.doubledBytes);
        whole.put("mismatchedBytes", words.mismatchedBytes);
        whole.put("twoCopies", twoCopies);
        whole.put("broken", broken);
        return whole;
    }
}
