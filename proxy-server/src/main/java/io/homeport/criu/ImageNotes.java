package io.homeport.criu;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.TreeSet;

/**
 * What a restore must know about images before CRIU reads them; lies among them as {@code homeport-image.properties}.
 *
 * @param rootPid the root process's number for itself
 * @param shellJob its session's leader is not in the tree ({@code --shell-job} on both sides)
 */
record ImageNotes(int rootPid, boolean shellJob) {
    private static final String FILE = "homeport-image.properties";

    /** The ids that criu itself and its short-lived children may take during a restore. */
    private static final int CRIU_IDS = 100;

    void write(Path imageDir) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("rootPid", "" + rootPid);
        properties.setProperty("shellJob", "" + shellJob);
        try (Writer out = Files.newBufferedWriter(imageDir.resolve(FILE))) {
            properties.store(out, null);
        }
    }

    static ImageNotes read(Path imageDir) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(imageDir.resolve(FILE))) {
            properties.load(in);
        }
        String rootPid = properties.getProperty("rootPid", "");
        if (!rootPid.matches("[1-9][0-9]{0,8}")) {
            throw new IOException(imageDir.resolve(FILE) + " names no process");
        }
        return new ImageNotes(Integer.parseInt(rootPid), Boolean.parseBoolean(properties.getProperty("shellJob")));
    }

    /** Every process and thread id in the images: there is one {@code core-ID.img} for each. */
    static TreeSet<Integer> ids(Path imageDir) throws IOException {
        TreeSet<Integer> ids = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(imageDir, "core-*.img")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                ids.add(Integer.valueOf(name.substring("core-".length(), name.length() - ".img".length())));
            }
        }
        return ids;
    }

    /**
     * The value of ns_last_pid under which criu's own ids meet none of {@code ids}: the lowest, because pid_max of the
     * destination is not known to be higher than any of the images' ids. PID 1 is the capsule's init.
     */
    static int lastPidForCriu(TreeSet<Integer> ids) {
        int last = 1;
        for (int id : ids) {
            if (id > last + CRIU_IDS) {
                break;
            }
            last = Math.max(last, id);
        }
        return last;
    }
}
