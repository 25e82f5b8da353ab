/**
 * The system tests: live JVMs are moved over the lab by real CRIU while real clients talk to them.
 *
 * <p>In the manner of CRIU's ZDTM every test is the same story: prepare (a service on a node, clients outside and in other
 * nodes), move (alpha to beta to gamma and home, clients sending all the while), check (every byte in both directions). The
 * lab is brought up once for all classes of a run. Seeds are printed; {@code -Dhomeport.system.seed=N} runs one again.
 */
package io.homeport.system;
