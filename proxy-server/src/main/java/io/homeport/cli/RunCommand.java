package io.homeport.cli;

import io.homeport.config.Installation;
import io.homeport.link.LinkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code homeport run}: starts a service with the agent in it, in a capsule of its own. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Start a service with the agent in a PID and mount namespace of its own, so that no PID or thread id is taken",
            "where it moves to. Standard streams, signals and exit status are the service's own."
        })
final class RunCommand implements Callable<Integer> {
    /** A name that could be a process id would be ambiguous in 'homeport migrate'. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9._-]{0,63}");

    @Option(names = "--name", paramLabel = "NAME", description = "Name for 'homeport ps' and 'homeport migrate'.")
    private String name;

    @Option(
            names = "--link",
            paramLabel = "POLICY",
            description = "By which links its connections go once it has moved: loadbalance, preferred:IF or exclusive:IF.")
    private String link;

    @Parameters(arity = "1..*", paramLabel = "-- java ARGUMENTS...", description = "The command, as you would start it without Homeport.")
    private List<String> command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return CommandWords.become(words(Installation.find(), name, link, command));
    }

    /** The command line that starts {@code command} in a capsule with the agent in it. */
    static List<String> words(Installation installation, String name, String link, List<String> command) {
        List<String> given = command.get(0).equals("--") ? command.subList(1, command.size()) : command;
        int java = indexOfJava(given);
        if (name != null && !NAME.matcher(name).matches()) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "name '" + name + "': use a letter, then letters, digits, '.', '_' and '-', at most 64");
        }
        for (Path needed : List.of(installation.capsule(), installation.agentJar())) {
            if (!Files.isReadable(needed)) {
                throw new CommandFailure(
                        ExitStatus.LACKING, needed + " is missing: run 'mvn -B -DskipTests package' in " + installation.root());
            }
        }
        List<String> words = new ArrayList<>(List.of(installation.capsule().toString(), "run", "--"));
        words.addAll(given.subList(0, java + 1));
        words.add("-javaagent:" + installation.agentJar());
        if (name != null) {
            words.add("-Dhomeport.name=" + name);
        }
        if (link != null) {
            words.add("-Dhomeport.link=" + checked(link));
        }
        words.addAll(given.subList(java + 1, given.size()));
        return words;
    }

    private static LinkPolicy checked(String link) {
        try {
            return LinkPolicy.parse(link);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitStatus.USAGE, wrong.getMessage());
        }
    }

    /** The java word may stand behind others: env A=B java, taskset 1 java. */
    private static int indexOfJava(List<String> words) {
        for (int index = 0; index < words.size(); index++) {
            Path file = Path.of(words.get(index)).getFileName();
            if (file != null && file.toString().equals("java")) {
                return index;
            }
        }
        throw new CommandFailure(
                ExitStatus.USAGE,
                "there is no java in '" + String.join(" ", words) + "': give the java command itself, not a script that starts it,"
                        + " e.g.: homeport run -- java -jar server.jar");
    }
}
