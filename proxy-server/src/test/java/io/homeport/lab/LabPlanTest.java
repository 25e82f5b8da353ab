package io.homeport.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LabPlanTest {
    private final LabPlan plan = LabPlan.of("client", "alpha", "beta");

    @Test
    void shouldGiveADaemonToEveryNodeThatIsNoPlainHost() {
        LabPlan some = plan.withHosts("client").withSettings("limits: {streams: 7}").withNetworks(2).withName("other");
        assertThat(some.nodes()).filteredOn(some::hasDaemon).containsExactly("alpha", "beta");
        assertThat(plan.nodes()).allMatch(plan::hasDaemon);
        assertThat(some.withoutDaemons().nodes()).noneMatch(some.withoutDaemons()::hasDaemon);
    }

    @Test
    void shouldRefuseAPlainHostThatIsNoNode() {
        assertThatThrownBy(() -> plan.withHosts("gamma")).isInstanceOf(LabException.class).hasMessageContaining("gamma");
    }

    @Test
    void shouldLetSettingsTakeThePlaceOfItsOwn() {
        assertThat(plan.withSettings("limits: {streams: 7}").settles("tls")).isFalse();
        assertThat(plan.withSettings("limits: {streams: 7}\ntls: off").settles("tls")).isTrue();
        assertThat(plan.rehearsing().settles("rehearse")).isTrue();
    }
}
