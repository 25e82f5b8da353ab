package io.homeport.bench.micro;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes JMH run a benchmark on the kind of thread that Netty's event loops have, because Netty pools buffers by thread only there.
 * JMH constructs it, see {@link #OPTIONS}.
 */
public final class EventLoopThreads extends ThreadPoolExecutor {
    /** What makes a forked JVM use it. The last one: JMH's thread is no event loop, though it is the right kind of thread. */
    static final String[] OPTIONS = {
        "-Djmh.executor=CUSTOM",
        "-Djmh.executor.class=" + EventLoopThreads.class.getName(),
        "-Dio.netty.allocator.useCachedMagazinesForNonEventLoopThreads=true"
    };

    /** The constructor that JMH's ExecutorType.CUSTOM looks for. */
    public EventLoopThreads(int threads, String name) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(name));
    }
}
