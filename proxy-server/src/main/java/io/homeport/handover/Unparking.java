package io.homeport.handover;

import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.socket.Parking;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Programs that take parked files out of their queue and put them under numbers of a process where nothing is that is watched; what watches them
 * then, too. They are written while the process need not be there.
 */
public final class Unparking {
    private final Parking parking;
    private final Map<Integer, Integer> sets;
    private final int highest;
    private final List<SwapProgram> programs = new ArrayList<>();

    private Unparking(Parking parking, List<HandOver.Berth> berths, Map<Integer, Integer> sets) throws IOException {
        this.parking = parking;
        this.sets = sets;
        this.highest = berths.stream().flatMap(berth -> berth.places().stream()).mapToInt(Descriptor::fd).max().orElse(0);
        write(berths);
    }

    /** @param berths one for each parked file, in the order in which they were parked */
    public static Unparking of(Parking parking, List<HandOver.Berth> berths) throws IOException {
        return new Unparking(parking, berths, Map.of());
    }

    /** @param sets epoll sets that the process does not have, by the number that they stand for; they are sent along */
    static Unparking watchedBy(Map<Integer, Integer> sets, Parking parking, List<HandOver.Berth> berths) throws IOException {
        return new Unparking(parking, berths, sets);
    }

    /** In the order in which they are to be run; each sends along the same descriptors. */
    List<SwapProgram> programs() {
        return programs;
    }

    /** The highest number that a file is put under. */
    int highest() {
        return highest;
    }

    private void write(List<HandOver.Berth> berths) throws IOException {
        int first = 0;
        List<Integer> batches = parking.batches();
        for (int message = 0; message < batches.size(); message++) {
            write(message, berths.subList(first, first + batches.get(message)));
            first += batches.get(message);
        }
    }

    private void write(int message, List<HandOver.Berth> berths) {
        Part part = new Part(message, berths.size());
        for (int i = 0; i < berths.size(); i++) {
            if (part.program.isFull()) {
                part = new Part(message, berths.size());
            }
            part.put(i, berths.get(i));
        }
    }

    /** A program for files of one message. */
    private final class Part {
        final SwapProgram program = new SwapProgram();
        private final Map<Integer, SwapProgram.Register> sent = new HashMap<>();
        private final SwapProgram.Register files;

        Part(int message, int count) {
            programs.add(program);
            sets.forEach((number, set) -> sent.put(number, program.send(set)));
            files = program.peek(program.send(parking.fd()), message, count, highest);
        }

        void put(int index, HandOver.Berth berth) {
            SwapProgram.Register file = files.plus(index);
            List<Descriptor> places = berth.places();
            if (!places.isEmpty() && !berth.flagged()) {
                program.setFlags(file, places.get(0).settableFlags());
            }
            HandOver.putAnew(program, file, places, this::watch);
            HandOver.closeKept(program, berth.keptFd());
        }

        private void watch(EpollRegistration one) {
            SwapProgram.Register set = sent.get(one.epollFd());
            if (set != null) {
                program.epollAdd(set, one.fd(), one.events(), one.data());
            } else {
                HandOver.watch(one, program);
            }
        }
    }
}
