package io.homeport.link;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * By which links the streams of a service go, in QNX Qnet's words. Every stream has an order of preference over the links and
 * uses the first that is up:
 *
 * <pre>
 *   loadbalance      all links, in an order of its own, drawn from its random id: so streams spread, those of a lost link
 *                    spread over the others, and they come back to it when it does
 *   preferred:IF     IF, then the others as above
 *   exclusive:IF     IF only: while it is down the stream waits
 * </pre>
 *
 * @param kind which
 * @param link name of a link at the node where the service runs; null for LOADBALANCE
 */
public record LinkPolicy(Kind kind, String link) {
    /** The three policies. */
    public enum Kind {
        LOADBALANCE,
        PREFERRED,
        EXCLUSIVE
    }

    /** All links alike. */
    public static final LinkPolicy LOADBALANCE = new LinkPolicy(Kind.LOADBALANCE, null);

    /** What {@link #parse} takes, for messages. */
    public static final String FORMS = "loadbalance, preferred:IF or exclusive:IF";

    /** Interface names have at most 15 characters (man 7 netdevice, IFNAMSIZ). */
    private static final Pattern LINK = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,14}");

    /** Multiplier of a 64-bit Fibonacci hash (2^64 divided by the golden ratio). */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** @throws IllegalArgumentException if the text is none of {@link #FORMS} */
    public static LinkPolicy parse(String text) {
        if (text.equals("loadbalance")) {
            return LOADBALANCE;
        }
        for (Kind kind : new Kind[] {Kind.PREFERRED, Kind.EXCLUSIVE}) {
            String prefix = kind.name().toLowerCase(Locale.ROOT) + ":";
            if (text.startsWith(prefix) && LINK.matcher(text.substring(prefix.length())).matches()) {
                return new LinkPolicy(kind, text.substring(prefix.length()));
            }
        }
        throw new IllegalArgumentException("link policy '" + text + "' must be " + FORMS + ", IF being a link that 'homeport links' shows");
    }

    /** Whether the link that it names is one of those to {@code peer}; true if it names none. */
    public boolean isKnownTo(Peer peer) {
        return link == null || peer.links().stream().anyMatch(each -> link.equals(each.link()));
    }

    /** Whether a link may be used at all. */
    public boolean allows(String name) {
        return kind != Kind.EXCLUSIVE || name == null || name.equals(link);
    }

    /**
     * The link to use now: of those allowed the first in this stream's order that is up; if none is, the one in use as long as it is
     * connected, for a change would gain nothing.
     *
     * @param links of one node
     * @param current the one in use, or null
     * @return null if the policy allows none of them
     */
    public Peer choose(List<Peer> links, TrafficClass trafficClass, long streamId, Peer current) {
        Peer best = null;
        for (Peer link : links) {
            if (allows(link.link()) && (best == null || compare(link, best, trafficClass, streamId, current) > 0)) {
                best = link;
            }
        }
        return best;
    }

    private int compare(Peer one, Peer other, TrafficClass trafficClass, long streamId, Peer current) {
        int byUse = Integer.compare(use(one, trafficClass), use(other, trafficClass));
        if (byUse != 0) {
            return byUse;
        }
        if (use(one, trafficClass) < 2 && (one == current || other == current)) {
            return one == current ? 1 : -1;
        }
        return Long.compare(rank(one.link(), one.linkId(), streamId), rank(other.link(), other.linkId(), streamId));
    }

    /** 2 up, 1 connected, 0 not. */
    private static int use(Peer link, TrafficClass trafficClass) {
        return !link.up(trafficClass) ? 0 : link.state() == LinkState.UP ? 2 : 1;
    }

    /** Place of a link in the order of a stream: the higher the better. Two links of a node never have the same. */
    private long rank(String name, int linkId, long streamId) {
        if (kind != Kind.LOADBALANCE && link.equals(name)) {
            return Long.MAX_VALUE;
        }
        long mixed = (streamId ^ linkId * GOLDEN) * GOLDEN;
        return (mixed ^ mixed >>> 32) * GOLDEN >> 1 & ~0xffL | linkId & 0xff;
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + (link == null ? "" : ":" + link);
    }
}
