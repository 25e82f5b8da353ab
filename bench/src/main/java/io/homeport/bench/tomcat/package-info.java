/**
 * Measures requests to a Tomcat, before and after it has moved, beside HAProxy in front of one that never moves. The contenders are
 * those of {@link io.homeport.bench.contender}, with a Tomcat as their server and wrk as their client.
 *
 * <pre>
 *   client                  alpha                    beta
 *   wrk ═════════════════► Tomcat                                   bare; unmoved: with Homeport's agent
 *   wrk ═══════════════════════════════════════════► Tomcat        direct
 *   wrk ═════════════════► haproxy ═════════════════► Tomcat        haproxy1
 *   wrk ═════════════════► daemon  ══════► daemon ──► Tomcat        homeport: started on alpha, moved to beta
 * </pre>
 *
 * <p>{@code ══} crosses a wire between nodes, {@code ─} stays in one. Run by the command's thread; {@code TomcatServer} runs in JVMs of its
 * own that know nothing of Homeport.
 */
package io.homeport.bench.tomcat;
