package io.homeport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.config.Installation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher script in a tree of its own, with a Maven and a Java that only say how they were called. */
class LauncherTest {
    private static final String JAR = "proxy-server/target/homeport.jar";

    @TempDir
    Path directory;

    private final Map<String, String> environment = new TreeMap<>();
    private Path home;
    private Path launcher;

    @BeforeEach
    void plant() throws IOException {
        home = Files.createDirectories(directory.resolve("home"));
        launcher = Files.copy(Installation.find().launcher(), home.resolve("homeport"));
        Files.createFile(home.resolve("pom.xml"));
        for (String module : List.of("agent", "proxy-server")) {
            Files.createDirectories(home.resolve(module + "/src/main"));
            Files.createFile(home.resolve(module + "/pom.xml"));
        }
        script("bin/mvn", "echo built >>" + directory + "/mvn.log; mkdir -p proxy-server/target agent/target\n"
                + "touch " + JAR + " agent/target/homeport-agent.jar");
        script("jdk/bin/java", "[[ \" $* \" == *' run '* ]] && printf 'echo\\0a  b\\0' >&3; echo \"java $*\"");
        Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        environment.put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("JAVA_HOME", directory.resolve("jdk").toString());
        environment.put("TERM", "dumb");
    }

    @Test
    void shouldBuildOnceAndAgainWhenASourceIsNewer() throws Exception {
        assertThat(launch("ps").errors()).isEqualTo("homeport: building (mvn package in " + home + "), once...\n");
        assertThat(launch("ps").errors()).isEmpty();
        assertThat(Files.readAllLines(directory.resolve("mvn.log"))).hasSize(1);

        Path source = Files.createFile(home.resolve("agent/src/main/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
        assertThat(launch("ps").errors()).contains("building");
    }

    @Test
    void shouldShowAFailedBuildAndWhatToDo() throws Exception {
        script("bin/mvn", "echo 'cannot find symbol'; exit 1");
        Ended ended = launch("ps");
        assertThat(ended.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(ended.errors()).contains("cannot find symbol", "the build failed", "mvn -B");
    }

    @Test
    void shouldNotBuildWhereItIsToldNotTo() throws Exception {
        environment.put("HOMEPORT_NO_BUILD", "1");
        Ended ended = launch("ps");
        assertThat(ended.status()).isEqualTo(ExitStatus.LACKING);
        assertThat(ended.errors().lines()).singleElement().asString().contains(JAR + " is missing", "mvn -B");
    }

    @Test
    void shouldRefuseAJavaThatIsTooOldOrNotThere() throws Exception {
        launch("ps");
        Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"11.0.2\"\n");
        assertThat(launch("ps").errors()).contains("is Java 11: Homeport needs 17 or later");
        environment.put("JAVA_HOME", "/no/jdk");
        assertThat(launch("ps").errors()).contains("JAVA_HOME=/no/jdk");
        assertThat(launch("ps").status()).isEqualTo(ExitStatus.LACKING);
    }

    @Test
    void shouldStartToolsQuicklyAndTheDaemonForLong() throws Exception {
        launch("ps");
        String jar = home.resolve(JAR).toString();
        assertThat(launch("ps", "--json").output())
                .contains("-XX:TieredStopAtLevel=1", "-Dhomeport.home=" + home, "-Dhomeport.terminal=false")
                .endsWith("-jar " + jar + " ps --json\n");
        environment.put("HOMEPORT_NODE_OPTS", "-Xmx3g -Da=b");
        assertThat(launch("node", "--check").output())
                .contains("-XX:+UseG1GC", "-Xmx3g -Da=b")
                .doesNotContain("TieredStopAtLevel")
                .endsWith("-jar " + jar + " node --check\n");
    }

    @Test
    void shouldFindItselfThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("bin/hp"), launcher);
        launcher = Files.createSymbolicLink(directory.resolve("hp2"), link);
        assertThat(launch("ps").output()).contains("-Dhomeport.home=" + home + " ");
    }

    @Test
    void shouldBecomeTheCommandThatJavaWorkedOut() throws Exception {
        launch("ps");
        assertThat(launch("run", "--", "java").output()).endsWith("run -- java\na  b\n");
        script("jdk/bin/java", "echo 'homeport: no' >&2; exit 2");
        assertThat(launch("lab", "exec", "alpha", "--", "true")).isEqualTo(new Ended(2, "", "homeport: no\n"));
    }

    private Ended launch(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(launcher.toString()));
        words.addAll(List.of(arguments));
        Path errors = directory.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOMEPORT_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output, Files.readString(errors));
    }

    private void script(String name, String body) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Ended(int status, String output, String errors) {}
}
