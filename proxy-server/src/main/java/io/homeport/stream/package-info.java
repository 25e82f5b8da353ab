/**
 * The data path: every moved socket is a stream with two ends, the deputy at its origin and the stub where the process runs, and both ends
 * run the same code.
 *
 * <pre>
 *   real socket ─► Outflow ─► journal ─► lane ═════════════► lane ─► Inflow ─► shadow socket ─► application
 *               ◄─ Inflow  ◄──────────── lane ◄═════════════ lane ◄─ journal ◄─ Outflow ◄─
 *     deputy (StreamEnd)                                             stub (StreamEnd)
 * </pre>
 *
 * <p>A direction is the range of offsets [0, infinity). Bytes take one offset each, and so does the end of the direction (end of file, reset,
 * close): so an acknowledgement of {@code n} says all about bytes and ends below {@code n}, and a lost lane, a second lane or a new
 * destination resume in one way: the receiver names its offset, the sender goes on from there.
 *
 * <p>All state belongs to the data loop; the public methods of {@link io.homeport.stream.Deputies} and {@link io.homeport.stream.Stubs} may
 * be called from any thread. Uses {@code link}, {@code journal}, {@code socket}, {@code posix} and the wire protocol; must not import
 * migration, process or node.
 */
package io.homeport.stream;
