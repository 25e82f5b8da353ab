package io.homeport.system.thirdparty;

import io.homeport.workload.CheckedBytes;
import io.homeport.workload.CheckedExchange;
import io.homeport.workload.JdkHttpClients;
import io.homeport.workload.RequestLoop;
import io.homeport.workload.service.ClientCommands.Client;
import io.homeport.workload.service.ClientCommands;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Arrays;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import redis.clients.jedis.Jedis;

/** Loops of checked requests by other people's clients, each over one connection. Stateless; any thread. */
public final class ThirdPartyClients {
    private static final int PAUSE_MS = 20;
    private static final int VALUE_BYTES = 8 * 1024;

    private ThirdPartyClients() {}

    /** Apache HttpClient 5 to any of the HTTP servers. */
    public static RequestLoop apacheLoop(String name, String host, int port, long seed) {
        CloseableHttpClient client = HttpClients.createDefault();
        JdkHttpClients.Checked checked = new JdkHttpClients.Checked(seed);
        return new RequestLoop(name, PAUSE_MS, client, number -> {
            byte[] body = checked.next();
            HttpPost post = new HttpPost("http://" + host + ":" + port + checked.path());
            post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_OCTET_STREAM));
            return client.execute(post, response -> {
                checked.check(response.getCode(), EntityUtils.toByteArray(response.getEntity()));
                return response.getFirstHeader(CheckedExchange.PEER_HEADER).getValue();
            });
        });
    }

    static Client apache(String name, String host, int port, long seed) {
        return ClientCommands.loop(apacheLoop(name, host, port, seed));
    }

    /**
     * JDBC to a PostgreSQL server, within one long transaction with one temporary table: a connection that was opened anew
     * has neither.
     */
    static Client postgres(String name, String host, int port, long seed) throws Exception {
        Connection connection = DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port + "/postgres?user=postgres&sslmode=disable");
        connection.setAutoCommit(false);
        connection.createStatement().execute("create temporary table checked (number bigint primary key, bytes bytea)");
        PreparedStatement insert = connection.prepareStatement("insert into checked values (?, ?)");
        PreparedStatement select = connection.prepareStatement(
                "select pg_backend_pid(), bytes, (select count(*) from checked) from checked where number = ?");
        return ClientCommands.loop(new RequestLoop(name, PAUSE_MS, connection, number -> {
            byte[] bytes = CheckedBytes.of(seed, number * VALUE_BYTES, VALUE_BYTES);
            insert.setLong(1, number);
            insert.setBytes(2, bytes);
            insert.executeUpdate();
            select.setLong(1, number);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                require(Arrays.equals(bytes, rows.getBytes(2)), "bytes of row " + number);
                require(rows.getLong(3) == number + 1, "count of rows " + rows.getLong(3) + " after row " + number);
                return "backend " + rows.getInt(1);
            }
        }));
    }

    /** Jedis to a Redis server; the counter shows a command that was done twice. */
    static Client redis(String name, String host, int port, long seed) {
        Jedis jedis = new Jedis(host, port, 60_000);
        String key = "checked-" + Long.toHexString(seed);
        return ClientCommands.loop(new RequestLoop(name, PAUSE_MS, jedis, number -> {
            byte[] bytes = CheckedBytes.of(seed, number * VALUE_BYTES, VALUE_BYTES);
            jedis.set(key.getBytes(), bytes);
            require(Arrays.equals(bytes, jedis.get(key.getBytes())), "value " + number);
            require(jedis.incr(key + "-count") == number + 1, "count at " + number);
            return "client " + jedis.clientId();
        }));
    }

    private static void require(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException("wrong " + what);
        }
    }
}
