package io.homeport.spec;

import java.util.BitSet;
import org.agrona.collections.IntArrayList;

/** A graph's edges from their ends back to their beginnings: three arrays, for millions of edges. Used by one thread. */
final class Predecessors {
    private final int[] begins;
    private final int[] before;

    Predecessors(int nodes, IntArrayList from, IntArrayList to) {
        begins = new int[nodes + 1];
        for (int edge = 0; edge < to.size(); edge++) {
            begins[to.getInt(edge) + 1]++;
        }
        for (int node = 0; node < nodes; node++) {
            begins[node + 1] += begins[node];
        }
        before = new int[to.size()];
        int[] next = begins.clone();
        for (int edge = 0; edge < to.size(); edge++) {
            before[next[to.getInt(edge)]++] = from.getInt(edge);
        }
    }

    /** Every node from which one of the goals can be reached, the goals included. */
    BitSet reaching(BitSet goals) {
        BitSet reached = (BitSet) goals.clone();
        IntArrayList open = new IntArrayList();
        goals.stream().forEach(open::addInt);
        while (!open.isEmpty()) {
            int node = open.removeAt(open.size() - 1);
            for (int i = begins[node]; i < begins[node + 1]; i++) {
                if (!reached.get(before[i])) {
                    reached.set(before[i]);
                    open.addInt(before[i]);
                }
            }
        }
        return reached;
    }
}
