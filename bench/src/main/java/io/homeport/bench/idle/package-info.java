/**
 * Measures what an idle connection of a moved service costs in memory at the two nodes that hold it.
 *
 * <pre>
 *   host                      alpha (origin)            beta
 *   IdleConnections ══ TCP ══ [deputy] daemon ═══════ daemon [stub] ══ EchoService, moved here
 *                                      └── measured ──┘
 * </pre>
 *
 * <p>A daemon's memory has a large fixed part, and a busy machine disturbs it: so there is a lab of its own for each number of connections,
 * before and after are compared, and what one connection costs is the slope between the smallest and the largest number. One thread, the
 * command's.
 */
package io.homeport.bench.idle;
