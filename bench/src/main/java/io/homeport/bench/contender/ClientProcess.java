package io.homeport.bench.contender;

import io.homeport.bench.load.Order;
import io.homeport.bench.load.LoadClient;
import io.homeport.bench.load.Outcome;
import io.homeport.lab.LabNode;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** A {@link LoadClient} in a node. The command's thread, which closes it. */
final class ClientProcess implements Closeable {
    private final LabNode node;
    private final Process process;
    private final Writer orders;
    private final BufferedReader outcomes;

    private ClientProcess(LabNode node, Process process) {
        this.node = node;
        this.process = process;
        this.orders = process.outputWriter();
        this.outcomes = process.inputReader();
    }

    static ClientProcess start(LabNode node, String java, String classPath) throws IOException {
        List<String> words = List.of(java, "-Xmx512m", "-cp", classPath, LoadClient.class.getName());
        return new ClientProcess(node, node.exec(words).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** Waits for it. @throws IOException if the client fails, or a byte is not the right one */
    Outcome run(Order order) throws IOException {
        orders.write(order.line() + "\n");
        orders.flush();
        String line = outcomes.readLine();
        if (line == null) {
            throw new IOException("the client on " + node.name() + " ended in the middle of: " + order.line());
        }
        try {
            return Outcome.parse(line);
        } catch (IllegalStateException failed) {
            throw new IOException(order.line() + ": " + failed.getMessage(), failed);
        }
    }

    @Override
    public void close() throws IOException {
        orders.close();
        process.destroy();
    }
}
