package io.homeport.demo;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A stage without Homeport: all processes stay on this host, on a loopback address of this run's own, and a "move" is a
 * process stopped for a while. What the dinner finds here, it finds by itself.
 */
final class PlainStage implements Stage {
    private final Path directory;
    private final long moveMs;
    private final String address;
    private final Map<Guest, Process> processes = new HashMap<>();

    PlainStage(Path directory, long moveMs) {
        this.directory = directory;
        this.moveMs = moveMs;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        this.address = "127." + random.nextInt(2, 250) + "." + random.nextInt(250) + ".1";
    }

    @Override
    public List<String> nodes() {
        return List.of("alpha", "beta", "gamma");
    }

    @Override
    public InetAddress address(String node) {
        try {
            return InetAddress.getByName(address);
        } catch (IOException impossible) {
            throw new IllegalArgumentException(address, impossible);
        }
    }

    @Override
    public void start(Guest guest, String node, List<String> mainAndSettings) throws IOException {
        List<String> words = new ArrayList<>(GuestJava.command(guest));
        words.addAll(List.of("-cp", "target/classes"));
        words.addAll(mainAndSettings);
        words.add("listen=" + address);
        processes.put(guest, new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(directory.resolve(guest.name() + ".log").toFile())
                .start());
    }

    @Override
    public void migrate(Guest guest, String from, String to, Consumer<String> steps) throws IOException {
        try {
            signal(guest, "STOP");
            Thread.sleep(moveMs);
            signal(guest, "CONT");
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    private void signal(Guest guest, String signal) throws IOException, InterruptedException {
        String pid = Long.toString(processes.get(guest).pid());
        new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start().waitFor();
    }

    void kill(Guest guest) {
        processes.get(guest).destroyForcibly();
    }

    @Override
    public String lastWords(Guest guest) {
        try {
            return Files.readString(directory.resolve(guest.name() + ".log"));
        } catch (IOException none) {
            return none.toString();
        }
    }

    @Override
    public void close() {
        processes.values().forEach(Process::destroyForcibly);
        processes.values().forEach(process -> {
            try {
                process.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
