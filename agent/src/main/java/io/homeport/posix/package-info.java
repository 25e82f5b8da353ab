/**
 * Linux system calls for Java: one static native per call, in the kernel's own manner (an answer {@code >= 0}, or {@code -errno}).
 *
 * <p>Used by the daemon and, inside the application's JVM, by the agent: therefore this package loads nothing but {@code java.base}, has no
 * state, and imports nothing of Homeport. Any thread may call, except where a method says "the same OS thread".
 */
package io.homeport.posix;
