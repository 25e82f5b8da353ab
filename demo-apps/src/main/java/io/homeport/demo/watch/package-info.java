/**
 * The observer outside: stands on the host, in no lab node, and believes nobody. It hears the fork server and every
 * philosopher over connections of its own, holds what they say against the rules, and measures their silence.
 *
 * <p>Everything here may be called by any thread. Must not import the driver ({@code io.homeport.demo}).
 */
package io.homeport.demo.watch;
