package io.homeport.bench.contender;

/**
 * Where the programs of the nodes are.
 *
 * @param serverClass the server's main class; takes the port and a file to write the process id into when it listens
 * @param server what it needs, and nothing of Homeport
 * @param client with HdrHistogram
 * @param relays with Netty, Agrona and what spins in them
 */
public record ClassPaths(String serverClass, String server, String client, String relays) {}
