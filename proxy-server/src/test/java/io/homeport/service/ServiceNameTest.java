package io.homeport.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceNameTest {
    @Test
    void shouldTakeTheGivenName() {
        assertThat(ServiceName.of(List.of("java", "-Xmx1g", "-Dhomeport.name=shop", "com.example.Main"))).isEqualTo("shop");
    }

    @Test
    void shouldTakeTheMainClass() {
        assertThat(ServiceName.of(List.of("java", "-cp", "a.jar:b.jar", "-Xmx1g", "com.example.Main", "-x"))).isEqualTo("Main");
    }

    @Test
    void shouldTakeTheJar() {
        assertThat(ServiceName.of(List.of("/usr/bin/java", "-ea", "-jar", "/srv/shop.jar", "x"))).isEqualTo("shop");
    }

    @Test
    void shouldNotFailWithoutAny() {
        assertThat(ServiceName.of(List.of("java"))).isEqualTo("java");
    }
}
