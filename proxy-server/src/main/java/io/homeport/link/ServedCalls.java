package io.homeport.link;

import io.homeport.link.lane.LaneChannel;
import io.homeport.wire.link.CallStatus;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The requests of one peer that are being served here, and the last replies: a caller that lost a link sends its request again by
 * another, and nothing is done twice.
 *
 * <pre>
 *   Request(7) by eth0 ──▶ begin: new, served ──▶ answer ──▶ Reply(7) by eth0 ✗ lost with the link
 *   Request(7) by eth1 ──▶ begin: known ───────▶ again ───▶ Reply(7) by eth1
 * </pre>
 *
 * <p>Any thread.
 */
final class ServedCalls {
    /** Replies kept: a caller asks again within its time-out, and has few calls under way. */
    private static final int MOST_REPLIES = 256;
    /** Their bytes; beyond it the oldest go, the newest is always kept. */
    private static final int MOST_REPLY_BYTES = 2 << 20;

    private final Map<Long, Served> calls = new LinkedHashMap<>();
    private long incarnation;
    private int replies;
    private long replyBytes;
    private long forgottenCallId;

    /** {@code status} is null until it is answered; {@code lane} is where the answer goes then. */
    private record Served(LaneChannel lane, CallStatus status, byte[] payload, String failure) {}

    /** Whether the request is a new one, and to be served. @param from which life of the peer: its call ids are its own */
    synchronized boolean begin(long from, long callId) {
        if (from != incarnation) {
            incarnation = from;
            calls.clear();
            replies = 0;
            replyBytes = 0;
            forgottenCallId = 0;
        }
        return Long.compareUnsigned(callId, forgottenCallId) > 0 && calls.putIfAbsent(callId, new Served(null, null, null, null)) == null;
    }

    /** The request has come again, by {@code lane}: so goes the reply, now if there is one, else when there is. */
    void again(long callId, LaneChannel lane) {
        Served known;
        synchronized (this) {
            known = calls.computeIfPresent(callId, (id, served) -> new Served(lane, served.status, served.payload, served.failure));
        }
        if (known == null) {
            send(lane, callId, CallStatus.FAILED, new byte[0], "this request was served, but its reply is not kept any more");
        } else if (known.status != null) {
            send(lane, callId, known.status, known.payload, known.failure);
        }
    }

    /** The request is served. @param asked the lane to answer by, unless the request has come again by another */
    void answer(long callId, LaneChannel asked, CallStatus status, byte[] payload, String failure) {
        LaneChannel lane = asked;
        synchronized (this) {
            Served waiting = calls.get(callId);
            if (waiting != null && waiting.status == null && asked.incarnation() == incarnation) {
                lane = waiting.lane == null ? asked : waiting.lane;
                calls.remove(callId);
                calls.put(callId, new Served(lane, status, payload, failure)); // to the end: the order of forgetting
                replies++;
                replyBytes += payload.length;
                forgetOldest();
            }
        }
        send(lane, callId, status, payload, failure);
    }

    private void forgetOldest() {
        Iterator<Map.Entry<Long, Served>> oldest = calls.entrySet().iterator();
        while (replies > 1 && (replies > MOST_REPLIES || replyBytes > MOST_REPLY_BYTES)) {
            Map.Entry<Long, Served> entry = oldest.next();
            if (entry.getValue().status != null) {
                oldest.remove();
                replies--;
                replyBytes -= entry.getValue().payload.length;
                forgottenCallId = Math.max(forgottenCallId, entry.getKey());
            }
        }
    }

    private static void send(LaneChannel lane, long callId, CallStatus status, byte[] payload, String failure) {
        lane.send(CallFrames.reply(callId, status, payload, failure));
        lane.flush();
    }
}
