package io.homeport.bench.relay;

import io.homeport.bench.contender.Contender;
import io.homeport.bench.load.Outcome;
import io.homeport.bench.load.Work;

/**
 * One work done once through one contender.
 *
 * @param round from 0; the samples of a round were measured one right after the other
 * @param outcome as the client saw it
 * @param cpuSeconds of all the contender's relay processes meanwhile
 */
public record Sample(Contender contender, Work work, int round, Outcome outcome, double cpuSeconds) {}
