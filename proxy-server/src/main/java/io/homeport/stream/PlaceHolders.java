package io.homeport.stream;

/**
 * Who has bytes in places of the landing, in the order in which they took their first: the oldest is the first to leave them. A line of
 * neighbours, so that standing in it costs nothing. Data loop.
 */
final class PlaceHolders {
    private OutBytes oldest;
    private OutBytes newest;

    /** The one that has held places for longest; null if nobody holds any. */
    OutBytes oldest() {
        return oldest;
    }

    void add(OutBytes holder) {
        holder.before = newest;
        if (newest == null) {
            oldest = holder;
        } else {
            newest.after = holder;
        }
        newest = holder;
    }

    void remove(OutBytes holder) {
        if (holder.before == null) {
            oldest = holder.after;
        } else {
            holder.before.after = holder.after;
        }
        if (holder.after == null) {
            newest = holder.before;
        } else {
            holder.after.before = holder.before;
        }
        holder.before = null;
        holder.after = null;
    }
}
