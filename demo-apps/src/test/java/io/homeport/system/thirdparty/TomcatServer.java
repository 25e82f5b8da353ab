package io.homeport.system.thirdparty;

import io.homeport.workload.CheckedExchange;
import io.homeport.workload.server.CheckedServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** Checked exchanges over embedded Tomcat, with its usual NIO connector. */
final class TomcatServer implements CheckedServer {
    private final Tomcat tomcat = new Tomcat();

    TomcatServer() throws IOException, LifecycleException {
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "checked", new Checked());
        context.addServletMappingDecoded("/checked", "checked");
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
        tomcat.start();
    }

    @Override
    public String kind() {
        return "tomcat";
    }

    @Override
    public int port() {
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() throws IOException {
        try {
            tomcat.stop();
        } catch (LifecycleException e) {
            throw new IOException(e);
        }
    }

    private static final class Checked extends HttpServlet {
        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = request.getInputStream().readAllBytes();
            response.setHeader(CheckedExchange.PEER_HEADER, request.getRemoteAddr() + ":" + request.getRemotePort());
            byte[] answer = CheckedExchange.answer(request.getQueryString(), body);
            response.setContentLength(answer.length);
            response.getOutputStream().write(answer);
        }
    }
}
