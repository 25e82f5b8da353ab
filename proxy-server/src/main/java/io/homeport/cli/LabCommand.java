package io.homeport.cli;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code homeport lab}: nodes on this machine. HOMEPORT_LAB names the lab, so that several can be up at once. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = "Nodes on this machine, each with its own network, /tmp, /run, PIDs, host name and daemon.",
        footer = {"", "HOMEPORT_LAB=NAME names the lab (default: lab); its state and logs are in /run/homeport-lab/NAME."},
        subcommands = {LabCommand.Up.class, LabCommand.Exec.class, LabCommand.Status.class, LabCommand.Down.class})
final class LabCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say which: lab up, exec, status or down");
    }

    @Command(name = "up", mixinStandardHelpOptions = true, description = "Bring nodes up and wait until their daemons are linked.")
    static final class Up implements Callable<Integer> {
        @Parameters(arity = "1..*", paramLabel = "NODE", description = "Names, e.g. alpha beta gamma.")
        private List<String> nodes;

        @Option(names = "--networks", paramLabel = "N", description = "Links between every two nodes: eth0, eth1, ... (default: 1).")
        private int networks = 1;

        @Option(names = "--bare", description = "Without node daemons.")
        private boolean bare;

        @Override
        public Integer call() {
            LabPlan plan = LabPlan.of(nodes.toArray(String[]::new)).withNetworks(networks);
            show(Lab.up(bare ? plan.withoutDaemons() : plan));
            return ExitStatus.OK;
        }
    }

    @Command(
            name = "exec",
            mixinStandardHelpOptions = true,
            description = "Run a command inside a node; streams, signals and exit status are its own.")
    static final class Exec implements Callable<Integer> {
        @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
        private String node;

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "-- COMMAND...", description = "The command and its arguments.")
        private List<String> command;

        @Override
        public Integer call() throws IOException, InterruptedException {
            LabNode where = Lab.find(LabPlan.defaultName()).node(node);
            String here = System.getProperty("user.dir");
            if (!where.sees(here)) {
                System.err.println("homeport: " + node + " has no " + here + " (its /tmp, /run and /var/tmp are its own): starting in /");
                here = "/";
            }
            List<String> words = command.get(0).equals("--") ? command.subList(1, command.size()) : command;
            if (words.isEmpty()) {
                throw new CommandFailure(ExitStatus.USAGE, "name a command: homeport lab exec " + node + " -- COMMAND...");
            }
            return CommandWords.become(where.commandLine(here, Map.of(), words));
        }
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Show the nodes, their addresses and logs.")
    static final class Status implements Callable<Integer> {
        @Override
        public Integer call() {
            show(Lab.find(LabPlan.defaultName()));
            return ExitStatus.OK;
        }
    }

    @Command(name = "down", mixinStandardHelpOptions = true, description = "End the lab with everything in it; removes a crashed one too.")
    static final class Down implements Callable<Integer> {
        @Override
        public Integer call() {
            String name = LabPlan.defaultName();
            System.out.println(Lab.down(name) ? "lab '" + name + "' is down" : "no lab '" + name + "' was up");
            return ExitStatus.OK;
        }
    }

    private static void show(Lab lab) {
        System.out.println("lab '" + lab.name() + "' is up; this machine is " + lab.hostAddress() + " on its network");
        for (LabNode node : lab.nodes()) {
            System.out.printf(
                    "  %-12s %-14s %-16s %s%n",
                    node.name(), node.address().getHostAddress(), node.address6().getHostAddress(), node.log());
        }
    }
}
