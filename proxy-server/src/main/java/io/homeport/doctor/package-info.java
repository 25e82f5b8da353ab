/**
 * Says what this machine lacks for Homeport and what to do about it. Runs on the caller's thread; starts short commands
 * and leaves nothing behind. Must not import links, streams, migrations or the command line.
 */
package io.homeport.doctor;
