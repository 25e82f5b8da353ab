/**
 * The migrations of one node, those that leave and those that arrive, as its commands and its links see them.
 *
 * <p>Any thread. Nothing here or below touches the bytes of a stream: that is the stream package's work on the data loop.
 */
package io.homeport.migration;
