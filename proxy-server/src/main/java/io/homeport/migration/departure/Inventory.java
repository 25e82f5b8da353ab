package io.homeport.migration.departure;

import io.homeport.migration.contract.Beside;
import io.homeport.migration.contract.Undo;
import io.homeport.process.EpollSet;
import io.homeport.process.Fate;
import io.homeport.process.FdFate;
import io.homeport.process.OpenFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a process has open that stands still, and what becomes of it.
 *
 * @param open in the order of the numbers
 * @param fates the same
 * @param sets its epoll sets, which are read meanwhile
 */
record Inventory(List<OpenFile> open, List<FdFate> fates, Beside<List<EpollSet>> sets) {

    /** Takes it of a frozen process. What is as it was when it was foreseen is only looked up. */
    static Inventory take(Itinerary itinerary, Foresight foresight, Undo undo) throws IOException {
        Beside<List<EpollSet>> sets = beginSets(itinerary, foresight.epollFiles(), undo);
        List<OpenFile> open = itinerary.agent().openFiles(itinerary.survey()::known);
        List<OpenFile> epollFiles = open.stream().filter(OpenFile::isEpoll).toList();
        if (!epollFiles.equals(foresight.epollFiles())) {
            sets.awaitEnd();
            sets = beginSets(itinerary, epollFiles, undo);
        }
        return new Inventory(open, itinerary.survey().examine(open), sets);
    }

    private static Beside<List<EpollSet>> beginSets(Itinerary itinerary, List<OpenFile> epollFiles, Undo undo) {
        Beside<List<EpollSet>> sets = Beside.begin("epoll sets", () -> EpollSet.of(itinerary.pid(), epollFiles, itinerary.fates().size()));
        undo.add("wait until nobody reads what it watches", sets::awaitEnd);
        return sets;
    }

    /** What was free to go at the preparation may have become an obstacle until the freeze. */
    void requireMovable(int pid) throws IOException {
        Optional<String> children = Preparation.childrenOf(pid);
        if (children.isPresent()) {
            throw new IOException(children.get());
        }
        for (FdFate fate : fates) {
            if (fate.fate() == Fate.REFUSED) {
                throw new IOException("fd " + fate.fd() + " (" + fate.file().target() + "): " + fate.detail());
            }
        }
    }

    /** What CRIU must not see. */
    List<FdFate> stayingBehind() {
        return fates.stream().filter(fate -> fate.fate().staysBehind() || fate.fate() == Fate.STUB && fate.facts() != null).toList();
    }
}
