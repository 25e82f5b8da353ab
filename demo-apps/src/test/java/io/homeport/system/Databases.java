package io.homeport.system;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real PostgreSQL and a real Redis on the host, listening on the lab's bridge, data in a temporary directory. */
final class Databases implements AutoCloseable {
    private final Path directory;
    private final Process postgres;
    private final Process redis;
    private final int postgresPort;
    private final int redisPort;

    private Databases(Path directory, Process postgres, int postgresPort, Process redis, int redisPort) {
        this.directory = directory;
        this.postgres = postgres;
        this.redis = redis;
        this.postgresPort = postgresPort;
        this.redisPort = redisPort;
    }

    /** Starts both and waits until they answer. */
    static Databases start(String address) throws Exception {
        Path bin = postgresPrograms();
        require(bin != null, "PostgreSQL's server (apt-get install postgresql)");
        require(Files.isExecutable(Path.of("/usr/bin/redis-server")), "Redis (apt-get install redis-server)");
        Path directory = Files.createTempDirectory("homeport-databases");
        Path data = directory.resolve("postgres");
        run("chown", "postgres", directory.toString());
        run("runuser", "-u", "postgres", "--", bin.resolve("initdb").toString(), "-D", data.toString(), "-A", "trust", "--no-sync");
        Files.writeString(data.resolve("pg_hba.conf"), "host all all 0.0.0.0/0 trust\n");
        int postgresPort = freePort();
        int redisPort = freePort();
        Process postgres = program(directory, "postgres", "runuser", "-u", "postgres", "--", bin.resolve("postgres").toString(), "-D", data.toString(),
                "-p", Integer.toString(postgresPort), "-c", "listen_addresses=" + address, "-c", "unix_socket_directories=" + directory);
        Process redis = program(directory, "redis", "redis-server", "--bind", address, "--port", Integer.toString(redisPort),
                "--protected-mode", "no", "--save", "", "--dir", directory.toString());
        Databases databases = new Databases(directory, postgres, postgresPort, redis, redisPort);
        awaitPort(address, postgresPort);
        awaitPort(address, redisPort);
        run("runuser", "-u", "postgres", "--", bin.resolve("pg_isready").toString(), "-q", "-t", "20", "-h", address, "-p",
                Integer.toString(postgresPort));
        return databases;
    }

    int postgresPort() {
        return postgresPort;
    }

    int redisPort() {
        return redisPort;
    }

    @Override
    public void close() throws Exception {
        // SIGINT is PostgreSQL's fast shutdown; runuser passes TERM on, which waits for clients: these have ended by then.
        postgres.destroy();
        redis.destroy();
        postgres.waitFor(10, TimeUnit.SECONDS);
        redis.waitFor(10, TimeUnit.SECONDS);
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }

    private static Path postgresPrograms() throws IOException {
        Path versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) {
            return null;
        }
        try (Stream<Path> found = Files.list(versions)) {
            return found.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Path::compareTo)
                    .orElse(null);
        }
    }

    private static void require(boolean there, String what) {
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("missing: " + what);
        }
        Assumptions.assumeTrue(there, "cannot run here, missing: " + what);
    }

    private static void awaitPort(String address, int port) throws InterruptedException {
        for (int attempt = 0; attempt < 200; attempt++) {
            try (Socket socket = new Socket(address, port)) {
                return;
            } catch (IOException notYet) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("nothing listens on " + address + ":" + port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Process program(Path directory, String name, String... words) throws IOException {
        File log = directory.resolve(name + ".log").toFile();
        return new ProcessBuilder(List.of(words)).directory(new File("/")).redirectErrorStream(true).redirectOutput(log).start();
    }

    private static void run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(words)).directory(new File("/")).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", words) + ": " + said);
        }
    }
}
