package io.homeport.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.homeport.config.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir
    Path root;

    private Installation installation;
    private String capsule;
    private String agent;

    @BeforeEach
    void install() throws IOException {
        installation = new Installation(root);
        Files.createDirectories(installation.agentJar().getParent());
        capsule = Files.createFile(installation.capsule()).toString();
        agent = "-javaagent:" + Files.createFile(installation.agentJar());
    }

    @Test
    void shouldPutTheAgentBehindTheJavaWord() {
        assertThat(RunCommand.words(installation, "echo", null, List.of("--", "/opt/jdk/bin/java", "-jar", "echo.jar", "--port", "1")))
                .containsExactly(
                        capsule, "run", "--", "/opt/jdk/bin/java", agent, "-Dhomeport.name=echo", "-jar", "echo.jar", "--port", "1");
    }

    @Test
    void shouldFindJavaBehindOtherWords() {
        assertThat(RunCommand.words(installation, null, "preferred:eth1", List.of("env", "A=java", "java", "Main", "java")))
                .containsExactly(capsule, "run", "--", "env", "A=java", "java", agent, "-Dhomeport.link=preferred:eth1", "Main", "java");
    }

    @Test
    void shouldSayWhatIsNotBuilt() throws IOException {
        Files.delete(installation.agentJar());
        CommandFailure failure =
                catchThrowableOfType(CommandFailure.class, () -> RunCommand.words(installation, null, null, List.of("java", "A")));
        assertThat(failure.status()).isEqualTo(ExitStatus.LACKING);
        assertThat(failure.getMessage()).contains("homeport-agent.jar", "mvn");
    }
}
