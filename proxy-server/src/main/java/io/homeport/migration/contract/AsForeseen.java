package io.homeport.migration.contract;

import io.homeport.process.Descriptor;
import io.homeport.wire.MalformedFrameException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a record is as it was in the record that went ahead while the process ran: so are most of many streams, and they need not be told again.
 *
 * <p>Made before the freeze, used by one thread at a time.
 */
public final class AsForeseen {
    private final ServiceRecord foreseen;
    private final Map<Long, Integer> streams = new HashMap<>();
    private final Map<Integer, Integer> descriptors = new HashMap<>();

    /** @param foreseen the record that went ahead */
    public AsForeseen(ServiceRecord foreseen) {
        this.foreseen = foreseen;
        for (int i = 0; i < foreseen.streams().size(); i++) {
            streams.put(foreseen.streams().get(i).state().id(), i);
        }
        for (int i = 0; i < foreseen.vacated().size(); i++) {
            descriptors.put(foreseen.vacated().get(i).fd(), i);
        }
    }

    /**
     * A record without what is as it was foreseen.
     *
     * @param streams by their places among those of the record that went ahead, which of these belong to it as they were
     * @param descriptors the same of the descriptors
     * @param told the record with all others
     */
    record Remainder(BitSet streams, BitSet descriptors, ServiceRecord told) {

        /** The whole record. @param foreseen the record that went ahead */
        ServiceRecord whole(ServiceRecord foreseen) {
            if (foreseen.migrationId() != told.migrationId()) {
                throw new MalformedFrameException("what went ahead of it is of another migration, " + Long.toHexString(foreseen.migrationId()));
            }
            if (streams.length() > foreseen.streams().size() || descriptors.length() > foreseen.vacated().size()) {
                throw new MalformedFrameException("it refers to stream " + streams.length() + " and descriptor " + descriptors.length() + " of a record of "
                        + foreseen.streams().size() + " and " + foreseen.vacated().size());
            }
            return told.with(joined(foreseen.streams(), streams, told.streams()), joined(foreseen.vacated(), descriptors, told.vacated()));
        }

        private static <T> List<T> joined(List<T> foreseen, BitSet those, List<T> others) {
            List<T> all = new ArrayList<>(those.cardinality() + others.size());
            those.stream().forEach(i -> all.add(foreseen.get(i)));
            all.addAll(others);
            return all;
        }
    }

    /** What there is to tell of a record. */
    Remainder of(ServiceRecord record) {
        BitSet sameStreams = new BitSet();
        BitSet sameDescriptors = new BitSet();
        List<ServiceRecord.Item> items = record.streams().stream().filter(item -> !marked(sameStreams, place(item))).toList();
        List<Descriptor> vacated = record.vacated().stream().filter(descriptor -> !marked(sameDescriptors, place(descriptor))).toList();
        return new Remainder(sameStreams, sameDescriptors, record.with(items, vacated));
    }

    private static boolean marked(BitSet marks, Integer place) {
        if (place != null) {
            marks.set(place);
        }
        return place != null;
    }

    /** Null if it is not there as it is. */
    private Integer place(ServiceRecord.Item item) {
        Integer place = streams.get(item.state().id());
        return place != null && item.isAs(foreseen.streams().get(place)) ? place : null;
    }

    private Integer place(Descriptor descriptor) {
        Integer place = descriptors.get(descriptor.fd());
        return place != null && descriptor.equals(foreseen.vacated().get(place)) ? place : null;
    }
}
