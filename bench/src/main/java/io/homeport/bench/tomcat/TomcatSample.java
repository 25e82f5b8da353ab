package io.homeport.bench.tomcat;

import io.homeport.bench.contender.Contender;

/**
 * One run of wrk against one contender.
 *
 * @param cpuSeconds of all the contender's relay processes meanwhile
 */
record TomcatSample(Contender contender, WrkResult result, double cpuSeconds) {}
