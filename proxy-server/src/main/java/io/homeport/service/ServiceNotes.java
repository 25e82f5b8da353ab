package io.homeport.service;

import io.homeport.link.LinkPolicy;
import io.homeport.process.ProcessStat;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node knows of the services that it hosts, for the daemon that comes after this one: a small file for each, on tmpfs.
 *
 * <pre>
 *   ID.arriving ─ the word MINE is written ─► ID        killed in between: the word decides
 * </pre>
 *
 * <p>Without a directory nothing is noted. Any thread.
 */
final class ServiceNotes {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotes.class);
    private static final String ARRIVING = ".arriving";

    private final Optional<Path> directory;

    /**
     * One service as noted.
     *
     * @param service without agent and namespace
     * @param alive whether its process is still there
     */
    record Note(HostedService service, boolean alive) {}

    ServiceNotes(Optional<Path> directory) throws IOException {
        this.directory = directory;
        if (directory.isPresent()) {
            Files.createDirectories(directory.get());
        }
    }

    /** It is about to become this node's. */
    void arriving(HostedService service, long migrationId) throws IOException {
        write(service, ARRIVING, migrationId);
    }

    /** It is this node's, as it is now. */
    void running(HostedService service) throws IOException {
        write(service, "", 0);
        remove(service.serviceId(), ARRIVING);
    }

    /** It is another node's, or has ended. */
    void forget(long serviceId) {
        try {
            remove(serviceId, "");
            remove(serviceId, ARRIVING);
        } catch (IOException e) {
            LOG.warn("the note of service {} is left behind: {}", Long.toHexString(serviceId), e.getMessage());
        }
    }

    /** What a daemon before this one noted. @param isMine whether a migration has come to the word MINE */
    List<Note> read(LongPredicate isMine) throws IOException {
        List<Note> notes = new ArrayList<>();
        if (directory.isEmpty()) {
            return notes;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.get(), "*[!w]")) {
            for (Path file : files) {
                Properties facts = load(file);
                boolean arriving = file.toString().endsWith(ARRIVING);
                if (arriving && !isMine.test(Long.parseLong(facts.getProperty("migration")))) {
                    Files.delete(file);
                } else {
                    notes.add(new Note(decode(facts), alive(facts)));
                }
            }
        }
        return notes;
    }

    /** Whether a migration's service was about to become this node's, and its process has ended before it ran. */
    boolean endedArriving(long migrationId) throws IOException {
        if (directory.isEmpty()) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.get(), "*" + ARRIVING)) {
            for (Path file : files) {
                Properties facts = load(file);
                if (Long.parseLong(facts.getProperty("migration")) == migrationId) {
                    return !Files.exists(directory.get().resolve(facts.getProperty("id"))) && !alive(facts);
                }
            }
        }
        return false;
    }

    private static boolean alive(Properties facts) {
        return facts.getProperty("started").equals(ProcessStat.birth(Integer.parseInt(facts.getProperty("pid"))));
    }

    private void write(HostedService service, String suffix, long migrationId) throws IOException {
        if (directory.isEmpty()) {
            return;
        }
        Path file = directory.get().resolve(Long.toHexString(service.serviceId()) + suffix);
        Path aside = Path.of(file + ".new");
        try (Writer out = Files.newBufferedWriter(aside)) {
            encode(service, migrationId).store(out, null);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void remove(long serviceId, String suffix) throws IOException {
        if (directory.isPresent()) {
            Files.deleteIfExists(directory.get().resolve(Long.toHexString(serviceId) + suffix));
        }
    }

    private static Properties load(Path file) throws IOException {
        Properties facts = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            facts.load(in);
        }
        return facts;
    }

    private static Properties encode(HostedService service, long migrationId) {
        Properties facts = new Properties();
        facts.setProperty("id", Long.toHexString(service.serviceId()));
        facts.setProperty("migration", Long.toString(migrationId));
        facts.setProperty("name", service.name());
        facts.setProperty("birthNode", service.birthNode());
        facts.setProperty("startedMs", Long.toString(service.startedMs()));
        facts.setProperty("moves", Integer.toString(service.moves()));
        facts.setProperty("pid", Integer.toString(service.pid()));
        facts.setProperty("started", ProcessStat.birth(service.pid()));
        facts.setProperty("capsule", Integer.toString(service.capsulePid()));
        facts.setProperty("cameFrom", service.cameFrom());
        facts.setProperty("linkPolicy", service.linkPolicy() == null ? "" : service.linkPolicy().toString());
        facts.setProperty("dummies", service.dummies().stream().map(ServiceNotes::encode).collect(Collectors.joining(" ")));
        return facts;
    }

    private static String encode(HostedService.UnixDummy dummy) {
        String fds = dummy.fds().stream().map(String::valueOf).collect(Collectors.joining(","));
        return Long.toHexString(dummy.streamId()) + ":" + dummy.keptFd() + ":" + fds;
    }

    private static HostedService decode(Properties facts) {
        List<HostedService.UnixDummy> dummies = Arrays.stream(facts.getProperty("dummies").split(" "))
                .filter(word -> !word.isEmpty())
                .map(ServiceNotes::dummy)
                .toList();
        String policy = facts.getProperty("linkPolicy");
        return new HostedService(
                Long.parseUnsignedLong(facts.getProperty("id"), 16),
                facts.getProperty("name"),
                facts.getProperty("birthNode"),
                Long.parseLong(facts.getProperty("startedMs")),
                Integer.parseInt(facts.getProperty("moves")),
                Integer.parseInt(facts.getProperty("pid")),
                Integer.parseInt(facts.getProperty("capsule")),
                facts.getProperty("cameFrom"),
                null,
                null,
                dummies,
                policy.isEmpty() ? null : LinkPolicy.parse(policy));
    }

    private static HostedService.UnixDummy dummy(String word) {
        String[] parts = word.split(":", -1);
        List<Integer> fds = Arrays.stream(parts[2].split(",")).filter(fd -> !fd.isEmpty()).map(Integer::valueOf).toList();
        return new HostedService.UnixDummy(Long.parseUnsignedLong(parts[0], 16), Integer.parseInt(parts[1]), fds);
    }
}
