/**
 * The command line: one class per command, each a thin layer over the package that does the work. Runs on the main
 * thread of a short-lived JVM, so it must not touch Netty, Chronicle or the links: only {@code homeport node} loads
 * those, through {@code io.homeport.node}.
 */
package io.homeport.cli;
