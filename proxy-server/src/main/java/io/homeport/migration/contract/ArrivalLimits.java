package io.homeport.migration.contract;

/**
 * What may arrive at a node.
 *
 * @param arrivals migrations under way to it at the same time: each has a thread, and images on the way
 * @param imageLimitBytes of one of them
 */
public record ArrivalLimits(int arrivals, long imageLimitBytes) {}
