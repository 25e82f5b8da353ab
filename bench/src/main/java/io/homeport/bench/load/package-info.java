/**
 * The two programs between which relays stand in {@code homeport bench relay}, and what they say to each other.
 *
 * <pre>
 *   LoadClient ══ TCP ══► whatever is measured ══ TCP ══► LoadServer
 *       ▲ orders, one a line          ECHO: numbered messages there and back
 *       │                             UP, DOWN: pages, each with its place in the stream
 *       ▼ outcomes, one a line
 *   the command
 * </pre>
 *
 * <p>Both run in JVMs of their own that know nothing of Homeport, and use nothing but the JDK (the client HdrHistogram, too). They must
 * not import any other package.
 */
package io.homeport.bench.load;
