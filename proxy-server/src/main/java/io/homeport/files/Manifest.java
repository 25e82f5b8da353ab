package io.homeport.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The list of carried files, in the order in which they are made: directories before what they hold. Lies beside their
 * contents, which bear numbers as names, as {@code manifest}: one line each, fields separated by tabs.
 */
record Manifest(List<Entry> entries) {
    private static final String FILE = "manifest";
    private static final int FIELDS = 6;

    /**
     * One file or directory.
     *
     * @param content the name of the file beside the manifest that holds its contents; empty if it has none
     */
    record Entry(String path, int mode, int uid, int gid, long modifiedMs, String content) {
        int type() {
            return mode & FileType.MASK;
        }

        int permissions() {
            return mode & 07777;
        }
    }

    void write(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Entry entry : entries) {
            lines.add(String.join("\t", Integer.toOctalString(entry.mode), "" + entry.uid, "" + entry.gid, "" + entry.modifiedMs,
                    entry.content, escaped(entry.path)));
        }
        Files.write(directory.resolve(FILE), lines);
    }

    static Manifest read(Path directory) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve(FILE))) {
            String[] fields = line.split("\t", -1);
            try {
                if (fields.length != FIELDS || !fields[4].matches("[0-9]*")) {
                    throw new IllegalArgumentException("fields");
                }
                entries.add(new Entry(
                        Path.of(unescaped(fields[5])).toString(), Integer.parseInt(fields[0], 8), Integer.parseInt(fields[1]),
                        Integer.parseInt(fields[2]), Long.parseLong(fields[3]), fields[4]));
            } catch (IllegalArgumentException malformed) {
                throw new IOException("malformed line in " + directory.resolve(FILE) + ": " + line, malformed);
            }
        }
        return new Manifest(entries);
    }

    /** A path in one field of one line. */
    static String escaped(String path) {
        return path.replace("%", "%25").replace("\t", "%09").replace("\n", "%0A");
    }

    static String unescaped(String field) {
        return field.replace("%09", "\t").replace("%0A", "\n").replace("%25", "%");
    }
}
