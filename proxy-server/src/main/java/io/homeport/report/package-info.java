/**
 * What commands answer, as records that are JSON on the wire and with {@code --json}. Field names are part of the command
 * line's contract: add, never rename. Pure values; any thread. Must not import any other package of Homeport.
 */
package io.homeport.report;
