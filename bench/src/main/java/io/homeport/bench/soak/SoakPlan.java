package io.homeport.bench.soak;

import java.util.List;

/**
 * What a soak is to do.
 *
 * @param moves how many moves are tried
 * @param seed for everything that is drawn
 * @param services how many services there are
 * @param faults the kinds of faults, each as often as any other
 * @param java path of the program for the services
 * @param classPath where {@link SoakService} is
 */
public record SoakPlan(int moves, long seed, int services, List<FaultKind> faults, String java, String classPath) {
    /** Small images, quick moves. */
    private static final List<String> SMALL = List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** The words that start a service. */
    List<String> words(String name, int port, String readyFile, int number) {
        List<String> words = new java.util.ArrayList<>(List.of("homeport", "run", "--name", name, "--", java));
        words.addAll(SMALL);
        String style = number % 2 == 0 ? "selector" : "blocking";
        words.addAll(List.of("-cp", classPath, SoakService.class.getName(), Integer.toString(port), style, readyFile));
        return words;
    }
}
