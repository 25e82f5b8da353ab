/**
 * Measures what a moved process pays for its detour, side by side with relays that people use instead.
 *
 * <pre>
 *   client                  alpha                    beta
 *   LoadClient ══════════════════════════════════► LoadServer        direct: the floor
 *   LoadClient ════════► haproxy ═════════════════► LoadServer        haproxy1
 *   LoadClient ════════► haproxy ══════► haproxy ─► LoadServer        haproxy2; socat, stunnel, netty alike
 *   LoadClient ════════► daemon  ══════► daemon ──► LoadServer        homeport: started on alpha, moved to beta
 *   LoadClient ════════► LoadServer                                    unmoved: the same before its move; bare: without agent
 * </pre>
 *
 * <p>{@code ══} crosses a wire between nodes, {@code ─} stays in one. Run by the command's thread; the programs run in the nodes of a lab of
 * the command's own, see {@link io.homeport.bench.load}.
 */
package io.homeport.bench.relay;
