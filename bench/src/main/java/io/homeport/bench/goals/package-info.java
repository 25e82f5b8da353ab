/**
 * What Homeport's speed is held against: the goals, what a whole run of the benchmarks came to, and whether that is worse than what was kept.
 * Pure, any thread; uses the reports of {@code relay}, {@code tomcat}, {@code moves} and {@code idle}, and must not be used by them.
 */
package io.homeport.bench.goals;
