package io.homeport.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.wire.FrameLimits;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/limits.md, "Numbers": every limit of the code is there with its unit, default, reason and error. */
class LimitsDocumentTest {
    private static final int COLUMNS = 5;

    @Test
    void shouldListEveryLimitWithItsDefault() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        for (Record defaults : List.of(NodeConfig.Limits.DEFAULT, NodeConfig.Timeouts.DEFAULT)) {
            for (RecordComponent component : defaults.getClass().getRecordComponents()) {
                expected.put(defaults.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT) + "." + component.getName(),
                        String.valueOf(component.getAccessor().invoke(defaults)));
            }
        }
        for (Field field : FrameLimits.class.getFields()) {
            if (field.getName().startsWith("MAX_")) {
                expected.put("wire.FrameLimits." + field.getName(), String.valueOf(field.get(null)));
            }
        }
        Map<String, String> written = table();
        for (String name : written.keySet()) {
            if (!expected.containsKey(name) && !name.startsWith("limits.") && !name.startsWith("timeouts.")) {
                expected.put(name, constant(name));
            }
        }
        assertThat(new TreeMap<>(written)).isEqualTo(expected);
    }

    /** Name and default; a row with an empty column is a mistake. */
    private static Map<String, String> table() throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        String text = Files.readString(Installation.find().root().resolve("docs/limits.md"));
        String section = text.substring(text.indexOf("## Numbers"));
        for (String line : section.substring(0, section.indexOf("\n## ", 1)).lines().filter(row -> row.startsWith("| `")).toList()) {
            List<String> columns = Arrays.stream(line.substring(1).split("\\|")).map(String::strip).collect(Collectors.toList());
            assertThat(columns).as(line).hasSize(COLUMNS).doesNotContain("");
            assertThat(rows.put(columns.get(0).replace("`", ""), columns.get(2))).as("twice: " + line).isNull();
        }
        return rows;
    }

    private static String constant(String name) throws ReflectiveOperationException {
        int dot = name.lastIndexOf('.');
        Field field = Class.forName("io.homeport." + name.substring(0, dot)).getDeclaredField(name.substring(dot + 1));
        field.setAccessible(true);
        return String.valueOf(field.get(null));
    }
}
