package io.homeport.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.config.NodeConfig;
import io.homeport.config.NodeConfigFile;
import io.homeport.local.LocalClient;
import io.homeport.local.LocalMessage;
import io.homeport.report.Json;
import io.homeport.report.NodeStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {
    @TempDir
    Path directory;

    @Test
    void shouldAnswerWhileItRunsAndLeaveNothingAfterwards() throws Exception {
        NodeConfig config = config();
        try (Node node = new Node(config)) {
            node.start();
            String json = new LocalClient(config.socket()).call(new LocalMessage.Status(), step -> {});
            assertThat(Json.read(json, NodeStatus.class).node()).isEqualTo("alpha");
        }
        assertThat(config.socket()).doesNotExist();
    }

    @Test
    void shouldRefuseToRunBesideAnotherDaemon() throws Exception {
        try (Node first = new Node(config())) {
            first.start();
            try (Node second = new Node(config())) {
                assertThatThrownBy(second::start).isInstanceOf(IOException.class);
            }
            assertThat(new LocalClient(config().socket()).call(new LocalMessage.Status(), step -> {})).contains("alpha");
        }
    }

    private NodeConfig config() throws IOException {
        Path file = Files.writeString(directory.resolve("node.yaml"), "name: alpha\nlisten: 127.0.0.1:0\ntls: off\nrunDir: run\n");
        return NodeConfigFile.read(file);
    }
}
