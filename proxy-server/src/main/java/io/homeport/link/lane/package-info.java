/**
 * How one lane comes to be and what passes over it: dialling, accepting, TLS, handshake, framing, keepalive.
 *
 * <pre>
 *   dialler:  connect ── preamble ── TLS ── Hello ──────────────▶ acceptor: preamble chooses the event loop,
 *             LaneChannel ◀── HelloReply(ACCEPTED) ── TLS ──────            TLS proves who it is, Hello says so
 *
 *   pipeline: SslHandler ─ FrameDecoder ─ DialHandshake | AcceptHandshake, then LaneChannel in its place
 * </pre>
 *
 * <p>Everything about a lane happens on the event loop of its traffic class. Must not import {@code io.homeport.link},
 * which is built on this package.
 */
package io.homeport.link.lane;
