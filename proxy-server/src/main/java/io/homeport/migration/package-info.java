/**
 * One migration, told as a story: {@link io.homeport.migration.Departure} at the source and
 * {@link io.homeport.migration.Arrival} at the destination.
 *
 * <p>Each migration is one thread of straight-line code at the source; the destination answers its requests one at a
 * time on the link's request executor. Nothing here touches the bytes of a stream: that is the stream package's work on
 * the data loop.
 */
package io.homeport.migration;
