package io.homeport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class HomeportTest {
    @TempDir
    Path directory;

    private final StringWriter errors = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "migrat x --to beta            | 2 | Did you mean: homeport migrate",
        "migrate                       | 2 | Missing required parameter",
        "migrate x                     | 2 | --to=NODE",
        "migrate x --to b --socket /no | 4 | homeport node",
        "ps --socket /no/such.sock     | 4 | /no/such.sock",
        "ps --node nowhere             | 4 | lab",
        "lab                           | 2 | lab up, exec, status or down",
        "lab up                        | 2 | NODE",
        "lab up Alpha                  | 2 | 'Alpha'",
        "lab up a a                    | 2 | twice",
        "lab exec nowhere -- true      | 4 | lab",
        "run                           | 2 | --",
        "run -- ./server.sh            | 2 | no java in './server.sh'",
        "run --name 17 -- java A       | 2 | name '17'",
        "node --config /no/node.yaml   | 2 | no such file"
    })
    void shouldSayInOneLineWhatIsWrong(String line, int status, String hint) {
        assertThat(execute(line)).isEqualTo(status);
        assertThat(errors.toString().strip()).startsWith("homeport: ").contains(hint);
        assertThat(errors.toString().strip().lines()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void shouldCheckAConfigurationFileWithoutStartingAnything() throws Exception {
        Path file = Files.writeString(directory.resolve("node.yaml"), "name: alpha\nlisten: 127.0.0.1\ntls: off\n");
        assertThat(execute("node --check --config " + file)).isZero();
        Files.writeString(file, "name: alpha\nlisten: 127.0.0.1\ntls: off\npeer: {}\n");
        assertThat(execute("node --check --config " + file)).isEqualTo(ExitStatus.USAGE);
        assertThat(errors.toString()).contains("line 4: peer is unknown here");
    }

    @Test
    void shouldExplainEveryCommand() {
        CommandLine line = Homeport.commandLine();
        assertThat(line.getSubcommands().keySet())
                .contains("node", "run", "ps", "migrate", "lab", "ca", "doctor", "criu-install");
        line.getSubcommands().values().forEach(command -> assertThat(
                        command.getCommandSpec().usageMessage().description())
                .as(command.getCommandName())
                .isNotEmpty());
    }

    /** HOMEPORT_LAB is not set in the build; the lab "lab" may be up on a developer's machine, the node "nowhere" not. */
    private int execute(String line) {
        CommandLine command = Homeport.commandLine();
        command.setErr(new PrintWriter(errors));
        return command.execute(line.split(" +"));
    }
}
