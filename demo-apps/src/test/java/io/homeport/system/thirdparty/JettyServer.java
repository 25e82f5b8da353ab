package io.homeport.system.thirdparty;

import io.homeport.workload.CheckedExchange;
import io.homeport.workload.server.CheckedServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** Checked exchanges over embedded Jetty. */
final class JettyServer implements CheckedServer {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    JettyServer() throws Exception {
        // Without it the selector's keep-alive time-out of 30 s would end idle connections during a long move.
        connector.setIdleTimeout(600_000);
        server.addConnector(connector);
        server.setHandler(new Checked());
        server.start();
    }

    @Override
    public String kind() {
        return "jetty";
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static final class Checked extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            byte[] body = Content.Source.asInputStream(request).readAllBytes();
            String peer = Request.getRemoteAddr(request) + ":" + Request.getRemotePort(request);
            response.getHeaders().put(CheckedExchange.PEER_HEADER, peer);
            byte[] answer = CheckedExchange.answer(request.getHttpURI().getQuery(), body);
            response.write(true, ByteBuffer.wrap(answer), callback);
            return true;
        }
    }
}
