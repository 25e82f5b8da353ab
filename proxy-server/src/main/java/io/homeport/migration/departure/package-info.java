/**
 * A migration as its source sees it: {@link io.homeport.migration.departure.Departure} is the story.
 *
 * <p>One migration is one thread of straight-line code. Must not import the other side.
 */
package io.homeport.migration.departure;
