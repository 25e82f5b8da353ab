package io.homeport.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Kills a process in a node as soon as one with such a command line comes up: CRIU's, or another when CRIU's is seen. */
record Sniper(Process process) implements AutoCloseable {
    private static final String SCRIPT = """
            import os, signal, sys, time
            seen, target = sys.argv[1], sys.argv[2]
            print('aiming', flush=True)
            while True:
                lines = {}
                for p in os.listdir('/proc'):
                    if p.isdigit():
                        try:
                            lines[int(p)] = open('/proc/' + p + '/cmdline').read().replace('\\0', ' ')
                        except OSError:
                            pass
                if any('criu' in line and seen in line and 'python' not in line for line in lines.values()):
                    for p, line in lines.items():
                        if target in line and 'python' not in line and ('criu' in line or target != seen):
                            try:
                                os.kill(p, signal.SIGKILL)
                            except OSError:
                                pass
                    if target != seen: break
                time.sleep(0.002)
            """;

    static Sniper aim(Harbour harbour, String node, String seen) throws Exception {
        return aim(harbour, node, seen, seen);
    }

    static Sniper aim(Harbour harbour, String node, String seen, String target) throws Exception {
        Process process = harbour.exec(node, List.of("python3", "-c", SCRIPT, seen, target)).redirectErrorStream(true).start();
        assertThat(process.inputReader().readLine()).isEqualTo("aiming");
        return new Sniper(process);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
