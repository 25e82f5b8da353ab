/**
 * JMH benchmarks of the parts that every byte passes, and of what a JVM pays for the agent before it is moved.
 *
 * <p>JMH runs each benchmark in JVMs of its own, forked with the options that the daemon has; {@link
 * io.homeport.bench.micro.MicroRun} starts them and makes a table. Must not be imported by anything that is shipped: JMH is for
 * measuring only.
 */
package io.homeport.bench.micro;
