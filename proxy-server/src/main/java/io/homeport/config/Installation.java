package io.homeport.config;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the parts of this installation lie on disk. The launcher says so with -Dhomeport.home; in tests the classes' own
 * place leads upwards to it.
 *
 * @param root the directory that holds the {@code homeport} launcher
 */
public record Installation(Path root) {
    /**
     * Finds the installation these classes belong to.
     *
     * @throws IllegalStateException when there is no launcher above the classes
     */
    public static Installation find() {
        String named = System.getProperty("homeport.home");
        if (named != null) {
            return new Installation(Path.of(named).toAbsolutePath());
        }
        try {
            Path place = Path.of(
                    Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (Path up = place.toAbsolutePath(); up != null; up = up.getParent()) {
                if (Files.isExecutable(up.resolve("homeport")) && Files.isRegularFile(up.resolve("homeport"))) {
                    return new Installation(up);
                }
            }
            throw new IllegalStateException("no homeport launcher above " + place + ": pass -Dhomeport.home=DIRECTORY");
        } catch (URISyntaxException unreadable) {
            throw new IllegalStateException("cannot tell where homeport is: pass -Dhomeport.home=DIRECTORY", unreadable);
        }
    }

    /** The launcher script. */
    public Path launcher() {
        return root.resolve("homeport");
    }

    /** The command line's and the daemon's jar; its libraries lie in {@code lib} beside it. */
    public Path jar() {
        return root.resolve("proxy-server/target/homeport.jar");
    }

    /** What -javaagent: names. */
    public Path agentJar() {
        return root.resolve("agent/target/homeport-agent.jar");
    }

    /** The JNI library of the agent and the daemon. */
    public Path library() {
        return root.resolve("agent/target/libhomeport.so");
    }

    /** The init of a service's own PID and mount namespace. */
    public Path capsule() {
        return root.resolve("agent/target/homeport-capsule");
    }

    /** What keeps the daemon's sockets while it is killed or upgraded. */
    public Path keeper() {
        return root.resolve("agent/target/homeport-keeper");
    }

    /** A script of the source tree or package, by its name. */
    public Path script(String name) {
        return root.resolve("scripts").resolve(name);
    }
}
