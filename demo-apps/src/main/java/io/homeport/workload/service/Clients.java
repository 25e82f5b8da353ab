package io.homeport.workload.service;

import io.homeport.workload.CheckedClient.Pace;
import io.homeport.workload.CheckedClient;
import io.homeport.workload.Hello;
import io.homeport.workload.Verdict;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Checked clients in a JVM of their own: {@code HOST SEED LABEL=PORT...}, an active and an idle one to each port. Prints
 * {@code connected}, waits for a line on standard input, ends the conversations, prints the verdicts, and exits with 0 if all
 * were right.
 */
public final class Clients {
    private static final long FINISH_MS = 60_000;

    private Clients() {}

    /** Runs on the main thread to the end of the program. */
    public static void main(String[] args) throws Exception {
        List<CheckedClient> clients = new ArrayList<>();
        long seed = Long.parseUnsignedLong(args[1], 16);
        for (int i = 2; i < args.length; i++) {
            String[] target = args[i].split("=");
            for (Pace pace : List.of(Pace.ACTIVE, Pace.IDLE)) {
                Socket socket = new Socket(args[0], Integer.parseInt(target[1]));
                clients.add(new CheckedClient(target[0] + " " + pace, socket, new Hello(Hello.Mode.REPLY, seed++, 0), pace));
            }
        }
        System.out.println("connected");
        System.in.read();
        boolean right = true;
        for (CheckedClient client : clients) {
            Verdict verdict = client.finish(FINISH_MS);
            System.out.println(verdict);
            right &= verdict.right();
        }
        System.exit(right ? 0 : 1);
    }
}
