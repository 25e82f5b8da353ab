package io.homeport.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The reports as JSON text. */
public final class Json {
    /** A newer daemon may say more than an older command line knows. */
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private Json() {}

    /** One line. */
    public static String write(Record report) {
        try {
            return MAPPER.writeValueAsString(report);
        } catch (JsonProcessingException notAReport) {
            throw new IllegalArgumentException(report.getClass() + " cannot be JSON", notAReport);
        }
    }

    /** @throws IllegalArgumentException if the text is no such report */
    public static <T extends Record> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("the daemon's answer is no " + type.getSimpleName() + ": " + broken.getMessage(), broken);
        }
    }
}
