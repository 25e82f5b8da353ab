package io.homeport.bench.idle;

import java.util.Map;

/**
 * What so many idle connections have cost.
 *
 * @param connections how many
 * @param grownBytes of both daemons by node's name: what each part had grown by, from before there was a connection to after the move
 * @param kernelBytes what the kernel's sockets of the whole machine had grown by
 * @param objects of both daemons after the move, by node's name
 */
public record IdleSample(int connections, Map<String, Map<Part, Long>> grownBytes, long kernelBytes, Map<String, LiveObjects> objects) {}
