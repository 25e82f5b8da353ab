package io.homeport.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The model as docs/spec/migration.md has it, and the same with changes. Immutable. */
final class ModelText {
    private static final Pattern MESSAGE = Pattern.compile("\\b(?:sends|receives) (\\w+)");

    private final String text;

    /** A variable and its values, the initial one first. */
    record Variable(String name, List<String> values) {}

    /** Numbers of names. */
    record Names(List<Variable> variables, List<String> messages) {
        int variable(String name) {
            return found(variables.stream().map(Variable::name).toList().indexOf(name), name);
        }

        int value(int variable, String name) {
            return found(variables.get(variable).values.indexOf(name), name);
        }

        int message(String name) {
            return found(messages.indexOf(name), name);
        }

        private static int found(int index, String name) {
            if (index < 0) {
                throw new IllegalArgumentException("the model has no " + name);
            }
            return index;
        }
    }

    private ModelText(String text) {
        this.text = text;
    }

    static ModelText read(Path file) throws IOException {
        return new ModelText(Files.readString(file));
    }

    /** The same without a step. */
    ModelText without(String step) {
        return new ModelText(text.replace(line(step) + "\n", ""));
    }

    /** The same with another text in the row of a step. */
    ModelText with(String step, String before, String after) {
        String line = line(step);
        if (!line.contains(before)) {
            throw new IllegalArgumentException("the row '" + step + "' has no '" + before + "'");
        }
        return new ModelText(text.replace(line, line.replace(before, after)));
    }

    /** The same with one step more. */
    ModelText plus(String step, String by, String when, String does) {
        String last = line("the stopped copy dies");
        return new ModelText(text.replace(last, last + "\n| " + String.join(" | ", step, by, when, does) + " |"));
    }

    Model parse() {
        List<Variable> variables = rows("Variables").stream()
                .map(row -> new Variable(row.get(0), Arrays.asList(row.get(1).split(" "))))
                .toList();
        List<List<String>> steps = rows("Steps");
        Names names = new Names(variables, messages(steps));
        Layout layout = new Layout(variables, names.messages());
        List<Rule> rules = steps.stream()
                .map(row -> Rule.parse(names, layout, row.get(0).replace("*", ""), row.get(1), row.get(2), row.get(3)))
                .toList();
        return new Model(layout, rules, properties(names, "Never"), properties(names, "In the end"));
    }

    private List<Model.Property> properties(Names names, String section) {
        return rows(section).stream()
                .map(row -> new Model.Property(row.get(0), Condition.parse(names, row.get(1))))
                .toList();
    }

    private static List<String> messages(List<List<String>> steps) {
        TreeSet<String> messages = new TreeSet<>();
        for (List<String> row : steps) {
            Matcher matcher = MESSAGE.matcher(row.get(2) + ", " + row.get(3));
            while (matcher.find()) {
                messages.add(matcher.group(1));
            }
        }
        return List.copyOf(messages);
    }

    private List<List<String>> rows(String section) {
        List<List<String>> rows = new ArrayList<>();
        String from = text.substring(text.indexOf("\n## " + section + "\n") + 4);
        int end = from.indexOf("\n## ");
        for (String line : (end < 0 ? from : from.substring(0, end)).split("\n")) {
            if (line.startsWith("| ")) {
                rows.add(Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|")).map(String::trim).toList());
            }
        }
        return rows.subList(1, rows.size());
    }

    private String line(String step) {
        return text.lines()
                .filter(line -> line.startsWith("| " + step + " |") || line.startsWith("| **" + step + "** |"))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the model has no step '" + step + "'"));
    }
}
