package io.homeport.bench.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;

class TomcatServerTest {
    @Test
    void shouldAnswerEveryRequestAlike() throws Exception {
        Tomcat tomcat = TomcatServer.start(0);
        try {
            URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
            HttpClient client = HttpClient.newHttpClient();
            for (int request = 0; request < 2; request++) {
                HttpResponse<String> answer = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).hasSize(100);
            }
        } finally {
            tomcat.stop();
        }
    }
}
