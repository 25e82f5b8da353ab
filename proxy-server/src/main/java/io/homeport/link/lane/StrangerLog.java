package io.homeport.link.lane;

import io.homeport.wire.link.Lane;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs refused connections, but lets no stranger fill the disk: one line per address and interval. Thread-safe. */
final class StrangerLog {
    private static final Logger LOG = LoggerFactory.getLogger(StrangerLog.class);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    /** More addresses than this are not told apart: the oldest is forgotten, so memory stays bounded. */
    private static final int MAX_ADDRESSES = 256;

    private final NanoClock clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    StrangerLog(NanoClock clock) {
        this.clock = clock;
    }

    /** @param lane which one was asked for; null if it is not known */
    synchronized void refused(SocketAddress address, Lane lane, String reason) {
        String host = address instanceof InetSocketAddress inet ? inet.getHostString() : String.valueOf(address);
        long nowNs = clock.nanoTime();
        Entry last = entries.get(host + reason);
        if (last != null && nowNs - last.loggedNs < INTERVAL_NS) {
            last.suppressed++;
            return;
        }
        LOG.warn("Refused a connection from {}{}: {}{}", address, lane == null ? "" : " for lane " + lane, reason,
                last == null || last.suppressed == 0 ? "" : " (" + last.suppressed + " more like this since)");
        entries.put(host + reason, new Entry(nowNs));
    }

    private static final class Entry {
        private final long loggedNs;
        private int suppressed;

        private Entry(long loggedNs) {
            this.loggedNs = loggedNs;
        }
    }
}
