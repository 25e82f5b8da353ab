/**
 * {@code homeport demo}: five philosophers and their forks, each a JVM of its own, dine while they are moved from node to
 * node. Sets the stage, moves people about, shows it, and judges.
 *
 * <p>Threads: the main thread runs the dinner as straight-line code; one thread beats the hearts, one draws. Built on
 * {@code demo.watch} and {@code demo.table}; nothing may import it.
 */
package io.homeport.demo;
