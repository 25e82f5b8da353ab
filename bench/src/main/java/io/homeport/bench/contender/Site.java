package io.homeport.bench.contender;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import java.io.Closeable;
import java.io.IOException;

/**
 * A lab with the nodes client, alpha and beta, the last two with daemons, and the client's process once there is work for it. The
 * command's thread, which closes it.
 */
final class Site implements Closeable {
    private static final String CLIENT = "client";

    private final Lab lab;
    private final String java;
    private final String classPath;
    private ClientProcess client;

    private Site(Lab lab, String java, String classPath) {
        this.lab = lab;
        this.java = java;
        this.classPath = classPath;
    }

    /** @param settings further ones of both daemons. @param java path of the program that the client runs on */
    static Site up(String name, String settings, String java, ClassPaths classPaths) {
        LabPlan plan = LabPlan.of(CLIENT, "alpha", "beta").withName(name).withHosts(CLIENT).withSettings(settings);
        // Ctrl-C must not leave three nodes behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Lab.down(plan.name())));
        return new Site(Lab.up(plan), java, classPaths.client());
    }

    LabNode alpha() {
        return lab.node("alpha");
    }

    LabNode beta() {
        return lab.node("beta");
    }

    LabNode clientNode() {
        return lab.node(CLIENT);
    }

    /** Started when it is first asked for. */
    ClientProcess client() throws IOException {
        if (client == null) {
            client = ClientProcess.start(clientNode(), java, classPath);
        }
        return client;
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
        lab.close();
    }
}
