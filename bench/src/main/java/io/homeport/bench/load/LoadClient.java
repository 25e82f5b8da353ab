package io.homeport.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * Does what each line of its standard input orders, and says on a line of its standard output what came of it: one JVM for all
 * contenders, so that none has a colder client than another. Ends with its input.
 */
public final class LoadClient {
    private LoadClient() {}

    /** No arguments. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            System.out.println(answer(line));
            System.out.flush();
        }
    }

    private static String answer(String line) {
        try {
            return run(Order.parse(line)).line();
        } catch (Exception failed) {
            return Outcome.failure(failed);
        }
    }

    static Outcome run(Order order) throws IOException, InterruptedException {
        return switch (order.work()) {
            case PING -> PingLoop.closed(order);
            case PACED -> PingLoop.paced(order);
            case UP, DOWN, STREAMS -> new BulkLoad(order).run();
            case REQUESTS -> new RequestLoad(order).run();
        };
    }
}
