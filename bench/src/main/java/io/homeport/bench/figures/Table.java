package io.homeport.bench.figures;

import java.util.ArrayList;
import java.util.List;

/** A table of words and numbers: the first column to the left, the others to the right. One thread. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    /** Begins a table with the names of its columns. */
    public Table(String... columns) {
        rows.add(List.of(columns));
    }

    /** Adds a row. @throws IllegalArgumentException unless it has one cell for each column */
    public Table row(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(cells.size() + " cells in a table of " + rows.get(0).size() + " columns");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Adds a row of a name, a spread's three cells and further cells. */
    public Table row(String name, Spread spread, String... more) {
        List<String> cells = new ArrayList<>(List.of(name));
        cells.addAll(spread.cells());
        cells.addAll(List.of(more));
        return row(cells);
    }

    /** For a terminal: columns two blanks apart. Each line ends with a line feed. */
    public String text() {
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            out.append(padded(row, "  ").stripTrailing()).append('\n');
        }
        return out.toString();
    }

    /** For docs/performance.md. Each line ends with a line feed. */
    public String markdown() {
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            out.append("| ").append(padded(row, " | ")).append(" |\n");
            if (row == rows.get(0)) {
                out.append("|---|").append("---:|".repeat(row.size() - 1)).append('\n');
            }
        }
        return out.toString();
    }

    private String padded(List<String> row, String between) {
        List<String> cells = new ArrayList<>();
        for (int column = 0; column < row.size(); column++) {
            int width = width(column);
            cells.add(String.format(column == 0 ? "%-" + width + "s" : "%" + width + "s", row.get(column)));
        }
        return String.join(between, cells);
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
