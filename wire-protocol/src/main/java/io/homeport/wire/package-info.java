/**
 * What both ends of a link agree on: the limits of frames and the few things about them that the generated flyweights
 * in {@code io.homeport.wire.link}, {@code io.homeport.wire.record} and {@code io.homeport.wire.local} do not say.
 *
 * <p>Pure code without state or threads. Imports Agrona and the generated classes, nothing else.
 */
package io.homeport.wire;
