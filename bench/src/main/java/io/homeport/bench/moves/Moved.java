package io.homeport.bench.moves;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code homeport migrate --json} says of a move.
 *
 * @param stepMs milliseconds of each step, in their order
 * @param frozenMs milliseconds for which the service stood still, as the source saw it
 * @param imageBytes bytes that travelled
 */
public record Moved(Map<String, Double> stepMs, double frozenMs, long imageBytes) {
    /** Reads the last line of the command's output. @throws IOException if that is no such object */
    static Moved parse(String output) throws IOException {
        String[] lines = output.strip().split("\n");
        JsonNode said = new ObjectMapper().readTree(lines[lines.length - 1]);
        if (!said.path("stepMs").isObject() || !said.path("frozenMs").isNumber()) {
            throw new IOException("no report of a move: " + lines[lines.length - 1]);
        }
        Map<String, Double> stepMs = new LinkedHashMap<>();
        said.get("stepMs").properties().forEach(step -> stepMs.put(step.getKey(), step.getValue().asDouble()));
        return new Moved(stepMs, said.get("frozenMs").asDouble(), said.path("imageBytes").asLong());
    }
}
