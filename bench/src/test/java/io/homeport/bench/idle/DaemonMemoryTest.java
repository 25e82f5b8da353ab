package io.homeport.bench.idle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DaemonMemoryTest {
    private static final String HISTOGRAM = """
            13045:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:         27113        2346560  [B (java.base@17.0.15)
               2:          4000         384000  io.homeport.stream.Inflow
               3:         19023         456552  java.lang.String (java.base@17.0.15)
            Total         50136        3187112
            """;

    private static final String HEAP_INFO = """
            13045:
             garbage-first heap   total 65536K, used 10243K [0x00000000c0000000, 0x0000000100000000)
              region size 1024K, 1 young (1024K), 0 survivors (0K)
             Metaspace       used 30000K, committed 30400K, reserved 1114112K
            """;

    private static final List<String> SMAPS = List.of(
            "c0000000-c4000000 rw-p 00000000 00:00 0 ",
            "Rss:               40960 kB",
            "Pss:               40960 kB",
            "Anonymous:         40960 kB",
            "VmFlags: rd wr mr mw me ac sd ",
            "7f1a2c000000-7f1a2c021000 rw-p 00000000 00:00 0 ",
            "Rss:                 120 kB",
            "Pss:                 100 kB",
            "Pss_Dirty:           100 kB",
            "Anonymous:           112 kB",
            "7f1a30000000-7f1a30100000 rw-s 00000000 00:35 12 /run/homeport/state/journal/slots",
            "Rss:                1024 kB",
            "Pss:                1024 kB",
            "Anonymous:             0 kB");

    @Test
    void shouldSumUpAProcesssMappings() {
        Mappings.Range heap = Mappings.Range.parse(HEAP_INFO);
        assertThat(heap).isEqualTo(new Mappings.Range(0xc0000000L, 0x100000000L));
        assertThat(Mappings.parse(SMAPS, heap)).isEqualTo(new Mappings(42_104 << 10, 42_084 << 10, 112 << 10));
        assertThatThrownBy(() -> Mappings.Range.parse("no heap")).hasMessageContaining("no heap");
    }

    @Test
    void shouldCountLiveObjectsByClass() {
        LiveObjects objects = LiveObjects.parse(HISTOGRAM);
        assertThat(objects.bytes()).isEqualTo(3_187_112);
        assertThat(objects.byClass()).containsEntry("[B", 2_346_560L).containsEntry("io.homeport.stream.Inflow", 384_000L).hasSize(3);
        assertThatThrownBy(() -> LiveObjects.parse("13045: no such process")).hasMessageContaining("no such process");
    }

    @Test
    void shouldTellWhatHasGrown() {
        LiveObjects after = new LiveObjects(Map.of("a", 10L, "b", 500L, "c", 7L, "d", 500L));
        LiveObjects before = new LiveObjects(Map.of("a", 10L, "b", 100L, "c", 9L));
        assertThat(after.moreThan(before)).containsExactly(Map.entry("d", 500L), Map.entry("b", 400L));
    }

    @Test
    void shouldFindAFilesUseOfTmpfs() {
        String usage = "2097152\t/run/homeport/state/journal/slots\n2101248\t/run/homeport/state/journal\n";
        assertThat(DaemonMemory.usedBy("/slots", usage)).isEqualTo(2_097_152);
        assertThat(DaemonMemory.usedBy("/run/homeport/state/journal", usage)).isEqualTo(2_101_248);
        assertThatThrownBy(() -> DaemonMemory.usedBy("/slots", "")).hasMessageContaining("nothing of /slots");
    }

    @Test
    void shouldCountTheKernelsSockets() {
        String slabs = """
                slabinfo - version: 2.1
                # name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>
                TCP                  130    182   2368   13    8 : tunables    0    0    0 : slabdata     14     14      0
                request_sock_TCP     120    120    320   12    1 : tunables    0    0    0 : slabdata     10     10      0
                filp                2246   2478    192   21    1 : tunables    0    0    0 : slabdata    118    118      0
                """;
        assertThat(KernelSockets.bytes(slabs.lines())).isEqualTo(130 * 2368 + 2246 * 192);
        assertThat(KernelSockets.bytes(Stream.empty())).isZero();
    }
}
