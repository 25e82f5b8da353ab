/**
 * The daemon's side of the store that keeps its descriptors while it is killed, crashes or is upgraded: systemd's, or the one of
 * {@code homeport-keeper} where systemd is not; both speak one protocol (sd_notify(3), sd_listen_fds(3)).
 *
 * <p>Any thread. Knows names and descriptors, not what they mean; uses {@code posix} alone.
 */
package io.homeport.keeper;
