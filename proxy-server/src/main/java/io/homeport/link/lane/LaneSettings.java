package io.homeport.link.lane;

/**
 * What the lanes of a node need to know.
 *
 * @param node name of this node
 * @param incarnation drawn anew at each start
 * @param tls certificates, or null for none
 * @param connectTimeoutMs for the TCP connection, and again for all that follows until the lane is up
 * @param probeIntervalMs interval of pings
 * @param txRetries pings in a row that may stay unanswered, after the first, before the lane is suspect; as many must be answered before it no longer is
 * @param linkTimeoutMs a lane that brings nothing for so long is closed
 * @param firstRetryMs wait before a lost lane is dialled again; doubled each time
 * @param maxRetryMs up to this
 */
public record LaneSettings(
        String node,
        long incarnation,
        LaneTls tls,
        int connectTimeoutMs,
        int probeIntervalMs,
        int txRetries,
        int linkTimeoutMs,
        int firstRetryMs,
        int maxRetryMs) {}
