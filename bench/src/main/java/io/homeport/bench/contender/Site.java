package io.homeport.bench.contender;

import io.homeport.lab.Lab;
import io.homeport.lab.LabNode;
import io.homeport.lab.LabPlan;
import java.io.Closeable;
import java.io.IOException;

/**
 * A lab with the nodes client, alpha and beta, the last two with daemons, and the client's process. The command's thread, which closes it.
 *
 * @param lab closed with it
 * @param client closed with it
 */
record Site(Lab lab, ClientProcess client) implements Closeable {
    private static final String CLIENT = "client";

    /** @param settings further ones of both daemons. @param java path of the program that the client runs on */
    static Site up(String name, String settings, String java, ClassPaths classPaths) throws IOException {
        LabPlan plan = LabPlan.of(CLIENT, "alpha", "beta").withName(name).withHosts(CLIENT).withSettings(settings);
        // Ctrl-C must not leave three nodes behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Lab.down(plan.name())));
        Lab lab = Lab.up(plan);
        try {
            return new Site(lab, ClientProcess.start(lab.node(CLIENT), java, classPaths.client()));
        } catch (IOException failed) {
            lab.close();
            throw failed;
        }
    }

    LabNode alpha() {
        return lab.node("alpha");
    }

    LabNode beta() {
        return lab.node("beta");
    }

    @Override
    public void close() throws IOException {
        client.close();
        lab.close();
    }
}
