/**
 * The agent in the application's JVM: a thread that does what the local daemon asks through a socket pair, and nothing else.
 *
 * <pre>
 *   application class loader   Agent, IsolatedLoader: all that the class path shows
 *   isolated loader            everything else here, io.homeport.posix, and (once asked to instrument) ByteBuddy
 *   java.base, sun.nio.ch      HomeportBridge, the one class put there
 * </pre>
 *
 * <p>Until the daemon comes it costs one thread blocked in recvmsg(2). Must not import anything outside java.base but io.homeport.posix and its own package inst.
 */
package io.homeport.agent;
