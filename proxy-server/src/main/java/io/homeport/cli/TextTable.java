package io.homeport.cli;

import java.util.ArrayList;
import java.util.List;

/** Text in aligned columns, two blanks between them. One thread. */
final class TextTable {
    private final List<String[]> rows = new ArrayList<>();

    /** Adds a row; a null cell is empty. */
    TextTable row(Object... cells) {
        String[] row = new String[cells.length];
        for (int column = 0; column < cells.length; column++) {
            row[column] = cells[column] == null ? "" : cells[column].toString();
        }
        rows.add(row);
        return this;
    }

    /** Every row, each behind {@code indent}, without blanks at its end. */
    String print(String indent) {
        int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        StringBuilder out = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int column = 0; column < row.length; column++) {
                line.append(row[column]).append(" ".repeat(widths[column] - row[column].length() + 2));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }
}
