package io.homeport.criu;

import static org.assertj.core.api.Assertions.fail;

import io.homeport.capsule.Capsule;
import io.homeport.config.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A JVM that runs {@link MovedWorkload}, in a capsule or plainly. Closed by its test. */
final class TestJvm implements AutoCloseable {
    static final Path CAPSULE = Installation.find().capsule();
    private static final long PATIENCE_MS = 60_000;

    private final Process starter;
    private final Path directory;
    private final int pid;

    private TestJvm(Process starter, Path directory, int pid) {
        this.starter = starter;
        this.directory = directory;
        this.pid = pid;
    }

    /** Skips, with CI=true fails, a test that cannot run here. */
    static void assumeRunnable() {
        String lacking = !"root".equals(System.getProperty("user.name"))
                ? "needs root"
                : !Files.isExecutable(CAPSULE) ? CAPSULE + " is not built" : null;
        if (lacking == null) {
            try {
                Criu.find();
            } catch (CriuException none) {
                lacking = none.getMessage();
            }
        }
        if (lacking != null && "true".equals(System.getenv("CI"))) {
            fail("with CI=true this must run, but " + lacking);
        }
        Assumptions.assumeTrue(lacking == null, lacking);
    }

    /** The java launchers to be tested: this one's, and that of JDK 25 where it is installed. */
    static List<Path> jdks() {
        List<Path> jdks = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java")));
        try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
            installed.filter(jdk -> jdk.getFileName().toString().matches("[a-z-]*25[^/]*"))
                    .map(jdk -> jdk.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .filter(java -> !jdks.contains(java))
                    .findFirst()
                    .ifPresent(jdks::add);
        } catch (IOException none) {
            return jdks;
        }
        return jdks;
    }

    static TestJvm inCapsule(Path java, Path directory) throws Exception {
        return inCapsule(java, directory, 0);
    }

    /** @param ballast MB of it */
    static TestJvm inCapsule(Path java, Path directory, int ballast) throws Exception {
        return inCapsule(directory, command(java, directory, ballast));
    }

    /** One that runs {@link WriteStorm}, with the agent, which must not find its classes on the class path. */
    static TestJvm stormInCapsule(Path java, Path directory, List<String> options) throws Exception {
        List<String> words = new ArrayList<>(List.of(java.toString(), "-javaagent:" + Installation.find().agentJar()));
        words.addAll(options);
        Path classes = Path.of(WriteStorm.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        words.addAll(List.of("-cp", classes.toString(), WriteStorm.class.getName(), directory.toString()));
        return inCapsule(directory, words);
    }

    private static TestJvm inCapsule(Path directory, List<String> command) throws Exception {
        Process front = start(Capsule.runWords(CAPSULE, command), directory);
        int init = (int) front.children().findFirst().orElseThrow().pid();
        return new TestJvm(front, directory, new Capsule(init).children().get(0));
    }

    /** As from a shell's prompt: in the session of that shell, which no dump takes along. */
    static TestJvm plain(Path java, Path directory) throws Exception {
        List<String> words = new ArrayList<>(List.of("setsid", "sh", "-c", "\"$@\" & wait", "sh"));
        words.addAll(command(java, directory, 0));
        Process shell = start(words, directory);
        return new TestJvm(shell, directory, (int) shell.children().findFirst().orElseThrow().pid());
    }

    int pid() {
        return pid;
    }

    long ticks() throws IOException {
        String ticks = Files.readString(directory.resolve("ticks"));
        return ticks.isEmpty() ? -1 : Long.parseLong(ticks);
    }

    void kill() throws InterruptedException {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        starter.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        if (starter.isAlive()) {
            kill();
        }
    }

    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                fail("not " + what + " within " + PATIENCE_MS + " ms");
            }
            Thread.sleep(5);
        }
    }

    private static List<String> command(Path java, Path directory, int ballast) {
        return List.of(
                java.toString(), "-Xmx" + (64 + 2 * ballast) + "m", "-Djdk.lang.Process.launchMechanism=FORK", "-Dhomeport.library=" + Installation.find().library(), "-cp",
                System.getProperty("java.class.path"), MovedWorkload.class.getName(), directory.toString(), "" + ballast);
    }

    private static Process start(List<String> command, Path directory) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            await("ready", () -> Files.exists(directory.resolve("ready")) && Files.exists(directory.resolve("ticks")));
        } catch (AssertionError silent) {
            process.destroyForcibly();
            fail("the JVM did not start: " + Files.readString(directory.resolve("output")));
        }
        return process;
    }
}
