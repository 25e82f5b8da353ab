/**
 * Moves services round a ring of nodes, thousands of times, under checked load and random faults from a seed, and counts what became
 * of every byte, connection and copy.
 *
 * <pre>
 *   host                                   lab of its own
 *   SoakLoad ══ numbered words ══►  SoakService (origin alpha, beta or gamma, wherever it runs)
 *   CopyWatch ── /proc ──────────►  every process of every node: who runs, and where
 *   SoakRun ─ Turn ── homeport migrate ─►  up to K services at once
 *             └── FaultThread ── one fault of a {@link io.homeport.bench.soak.FaultKind} at its moment
 * </pre>
 *
 * <p>Threads: the command's (turns and verdicts), one for the load, one for the watch, one for the fault of the turn.
 * {@link io.homeport.bench.soak.SoakService} runs in JVMs of its own and uses nothing but the JDK.
 */
package io.homeport.bench.soak;
