package io.homeport.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @ParameterizedTest
    @ValueSource(strings = {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/full", "/etc/passwd", "/tmp"})
    void shouldPassOverWhatOnlyCopies(String path) throws IOException {
        Process process = holding(path);
        try {
            assertThat(Device.of((int) process.pid())).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldTellOfAnyOtherDevice() throws IOException {
        Process process = holding("/dev/kmsg");
        try {
            assertThat(Device.of((int) process.pid())).hasValue("open /dev/kmsg");
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process holding(String path) throws IOException {
        Process process = new ProcessBuilder("bash", "-c", "exec 3<" + path + "; echo; read word").start();
        assertThat(process.getInputStream().read()).isEqualTo('\n');
        return process;
    }
}
