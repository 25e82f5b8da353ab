package io.homeport.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that appends is killed with SIGKILL: what it had appended is there, whole. */
@Timeout(60)
class JournalCrashTest {
    private static final long CYCLE_BYTES = 1 << 20;

    @TempDir
    Path dir;

    @Test
    void shouldHaveEveryRecordThatWasAppendedBeforeAKill() throws Exception {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(a -> !a.startsWith("-agentlib")).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), JournalCrashTest.class.getName(), dir.toString()));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<Long> acknowledged = new ArrayList<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream()));
        while (acknowledged.size() < 2_000) {
            String line = lines.readLine();
            assertThat(line).as("the child goes on until it is killed").isNotNull();
            if (line.startsWith("at ")) {
                acknowledged.add(Long.parseLong(line.substring(3)));
            }
        }
        child.destroyForcibly().waitFor();
        try (Journal journal = Journal.open(dir, CYCLE_BYTES)) {
            for (int i = 0; i < acknowledged.size(); i++) {
                JournalRecord record = journal.record(acknowledged.get(i));
                assertThat(record.streamId()).isEqualTo(i);
                assertThat(record.offset()).isEqualTo(3L * i);
                assertThat(record.payload()).isEqualTo(payload(i));
            }
        }
    }

    /** The child: appends and says so, until it is killed. */
    public static void main(String[] args) {
        ByteBuf buf = Unpooled.directBuffer(64 << 10);
        try (Journal journal = Journal.open(Path.of(args[0]), CYCLE_BYTES)) {
            for (int i = 0; ; i++) {
                byte[] payload = payload(i);
                buf.setBytes(0, payload);
                System.out.println("at " + journal.append(i, (byte) 0, (byte) 1, 3L * i, buf.memoryAddress(), payload.length));
            }
        }
    }

    private static byte[] payload(int i) {
        Random random = new Random(i);
        byte[] payload = new byte[random.nextInt(i % 50 == 0 ? 60_000 : 3_000)];
        random.nextBytes(payload);
        return payload;
    }
}
