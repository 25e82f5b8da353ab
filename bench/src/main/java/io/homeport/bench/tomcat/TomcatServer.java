package io.homeport.bench.tomcat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/**
 * An embedded Tomcat with its usual NIO connector and one servlet that answers every GET with the same 100 bytes. Its only setting is that
 * it keeps connections for any number of requests: by default it closes them after 100, and opening them is not what is measured. Runs
 * until it is killed.
 */
public final class TomcatServer {
    private static final int BODY_BYTES = 100;

    private TomcatServer() {}

    /** Arguments: the port, a file to write the process id into when it listens. */
    public static void main(String[] arguments) throws IOException, LifecycleException {
        start(Integer.parseInt(arguments[0]));
        Path ready = Path.of(arguments[1]);
        Path part = ready.resolveSibling(ready.getFileName() + ".part");
        Files.writeString(part, Long.toString(ProcessHandle.current().pid()));
        Files.move(part, ready, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Starts one in threads of its own, which keep the JVM alive. @param port 0 for any */
    static Tomcat start(int port) throws IOException, LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setPort(port);
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "fixed", new Fixed());
        context.addServletMappingDecoded("/", "fixed");
        tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
        tomcat.start();
        return tomcat;
    }

    private static final class Fixed extends HttpServlet {
        private final byte[] body = "x".repeat(BODY_BYTES).getBytes(StandardCharsets.US_ASCII);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }
}
