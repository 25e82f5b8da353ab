package io.homeport.bench.contender;

/**
 * Where the programs of the nodes are.
 *
 * @param server nothing but the JDK beside it
 * @param client with HdrHistogram
 * @param netty with Netty
 */
public record ClassPaths(String server, String client, String netty) {}
