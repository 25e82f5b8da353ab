package io.homeport.bench.datapath;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * A program: the relay as an Agrona duty cycle, with nothing of Homeport in it. One thread for all connections.
 *
 * <pre>
 *   AgentRunner ──► RelayAgent.doWork ──► pairs of sockets, each with a Flow in both directions
 *        └──────── nothing to do: IdleStrategy
 * </pre>
 */
public final class AgronaRelay {
    private static final int BACKLOG = 1024;

    private AgronaRelay() {}

    /**
     * Runs until it is killed or its thread is interrupted.
     *
     * @param arguments port to listen on, address and port to connect to; then, to wait in the selector instead of backing off, after how
     *     many cycles that found nothing
     */
    public static void main(String[] arguments) throws IOException {
        InetSocketAddress next = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        boolean waits = arguments.length > 3;
        // Agrona's defaults: 10 spins, 20 yields, then sleeps of 1 us up to 1 ms, each twice as long as the one before.
        IdleStrategy idle = waits ? new YieldingIdleStrategy() : new BackoffIdleStrategy();
        ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(Integer.parseInt(arguments[0])), BACKLOG);
        RelayAgent agent = new RelayAgent(listener, next, waits ? Integer.parseInt(arguments[3]) : Integer.MAX_VALUE);
        new AgentRunner(idle, Throwable::printStackTrace, null, agent).run();
    }
}
