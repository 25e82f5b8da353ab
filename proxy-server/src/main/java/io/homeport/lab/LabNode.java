package io.homeport.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One node of a lab that is up. May be used by any thread; owned and ended by its {@link Lab}.
 */
public final class LabNode {
    private final String lab;
    private final String name;
    private final int host;
    private final List<LabNetwork> networks;
    private final NodeInit init;
    private final Path script;
    private final Path launcher;

    LabNode(String lab, String name, int host, List<LabNetwork> networks, NodeInit init, Path script, Path launcher) {
        this.lab = lab;
        this.name = name;
        this.host = host;
        this.networks = List.copyOf(networks);
        this.init = init;
        this.script = script;
        this.launcher = launcher;
    }

    /** The node's name, its host name inside. */
    public String name() {
        return name;
    }

    /** Its IPv4 address; reachable from the host and from every node of the lab. */
    public InetAddress address() {
        return numeric(networks.get(0).address(host));
    }

    /** Its IPv6 address, likewise. */
    public InetAddress address6() {
        return numeric(networks.get(0).address6(host));
    }

    /** PID 1 of the node as the host numbers it. */
    public long initPid() {
        return init.pid();
    }

    /** Whether its PID 1 lives. */
    public boolean alive() {
        return init.alive();
    }

    /** An absolute path of the node, as the host reaches it (through /proc/PID/root). */
    public Path inside(String absolute) {
        return init.inside(Path.of(absolute));
    }

    /** The node's directory under /run/homeport-lab: configuration, certificates, logs; the same path inside and outside. */
    public Path directory() {
        return LabState.directory(lab, name);
    }

    /** Where a test names the faults that the daemon shall meet; the same path inside and outside. Not there until a test makes it. */
    public Path faults() {
        return directory().resolve("faults");
    }

    /** The daemon's log. */
    public Path log() {
        return directory().resolve("node.log");
    }

    /** The daemon's Unix socket as the host reaches it. */
    public Path socket() {
        return inside("/run/homeport/node.sock");
    }

    /**
     * A command that runs inside the node: all namespaces, a session of its own, the caller's working directory if the
     * node sees it and / otherwise, standard streams as the builder says. {@code destroy()} on the process passes
     * SIGTERM on; the exit status is the command's (128 + signal if one killed it).
     */
    public ProcessBuilder exec(String... command) {
        return exec(List.of(command));
    }

    /** {@link #exec(String...)} */
    public ProcessBuilder exec(List<String> command) {
        String here = System.getProperty("user.dir");
        return new ProcessBuilder(commandLine(sees(here) ? here : "/", Map.of(), command));
    }

    /**
     * The words that, run on the host, run {@code command} inside the node.
     *
     * @param directory working directory, must exist inside
     * @param environment added to the caller's own
     */
    public List<String> commandLine(String directory, Map<String, String> environment, List<String> command) {
        List<String> words = new ArrayList<>(List.of("/bin/bash", script.toString(), Long.toString(init.pid()), directory));
        words.add("HOMEPORT_LAB=" + lab);
        words.add("HOMEPORT_NODE=" + name);
        words.add("HOMEPORT_SOCKET=/run/homeport/node.sock");
        words.add("HOMEPORT_NO_BUILD=1");
        words.add("HOSTNAME=" + name);
        words.add("PATH=" + launcher.getParent() + ":" + System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"));
        environment.forEach((key, value) -> words.add(key + "=" + value));
        words.add("--");
        words.addAll(command);
        return words;
    }

    /** Whether a directory of the caller's is there inside the node too. */
    public boolean sees(String directory) {
        return Files.isDirectory(inside(directory));
    }

    /** The node's daemon. */
    public LabDaemon daemon() {
        return new LabDaemon(this, launcher);
    }

    /** Pulls the node's network cables, or plugs them in again. Addresses and sockets stay. */
    public void plugged(boolean in) {
        networks.forEach(network -> network.carrier(host, in));
    }

    /** Lets every packet from and to the node vanish, as a broken switch does: nobody sees a carrier go. */
    public void swallowing(boolean on) {
        networks.forEach(network -> network.swallow(host, on));
    }

    /** The same on one of its networks only, counted from 0: eth0, eth1, ... */
    public void swallowing(int network, boolean on) {
        networks.get(network).swallow(host, on);
    }

    NodeInit init() {
        return init;
    }

    private static InetAddress numeric(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(address, impossible);
        }
    }

    @Override
    public String toString() {
        return name + " (" + networks.get(0).address(host) + ", lab " + lab + ")";
    }
}
