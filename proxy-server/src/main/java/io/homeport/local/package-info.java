/**
 * Between the command line and the daemon of its node: one request and its replies over a Unix socket, see
 * wire-protocol/src/main/sbe/homeport-local.xml.
 *
 * <pre>
 *   homeport migrate ──[u32 length][Migrate]──>  node.sock ──> CommandHandler.migrate(caller, request, reply)
 *                    <──[Progress]*, [Finished | Failed]──
 * </pre>
 *
 * <p>Server: one thread accepts, one per connection serves. Who asks is read from the socket (SO_PEERCRED, unix(7)), never
 * from what they say. Must not import links, streams, migrations or the command line.
 */
package io.homeport.local;
