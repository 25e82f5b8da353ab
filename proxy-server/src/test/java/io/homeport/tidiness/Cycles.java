package io.homeport.tidiness;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds circles among packages by walking depth first; one per package that starts one. Used once, by one thread. */
final class Cycles {
    private final Map<String, Set<String>> uses;
    private final Set<String> finished = new HashSet<>();
    private final List<String> path = new ArrayList<>();
    private final List<String> found = new ArrayList<>();

    Cycles(Map<String, Set<String>> uses) {
        this.uses = uses;
    }

    /** Each circle as "a -> b -> a". */
    List<String> find() {
        uses.keySet().forEach(this::walk);
        return found;
    }

    private void walk(String name) {
        int seen = path.indexOf(name);
        if (seen >= 0) {
            found.add(String.join(" -> ", path.subList(seen, path.size())) + " -> " + name);
            return;
        }
        if (finished.contains(name)) {
            return;
        }
        path.add(name);
        uses.getOrDefault(name, Set.of()).forEach(this::walk);
        path.remove(path.size() - 1);
        finished.add(name);
    }
}
