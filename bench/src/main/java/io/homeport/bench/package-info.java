/**
 * {@code homeport bench}: the commands that measure Homeport on this machine. The measuring itself is in {@code micro} (JMH) and
 * {@code moves} (whole migrations), what figures look like in {@code figures}. Runs on the command's thread.
 */
package io.homeport.bench;
