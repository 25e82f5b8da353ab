package io.homeport.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.config.Installation;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {
    @Test
    void shouldAdviseOnWhateverIsNotGood() {
        List<Finding> findings = new Doctor(Installation.find()).examine();

        assertThat(findings).extracting(Finding::subject).doesNotHaveDuplicates().contains("root", "kernel", "java", "CRIU");
        assertThat(findings)
                .allMatch(finding -> finding.advice().isEmpty() == (finding.grade() == Finding.Grade.GOOD))
                .noneMatch(finding -> finding.found().isBlank());
    }
}
