/**
 * A migration as its destination sees it: {@link io.homeport.migration.arrival.Arrival} is the story.
 *
 * <p>The source's requests are served one at a time on the link's request threads. Must not import the other side.
 */
package io.homeport.migration.arrival;
