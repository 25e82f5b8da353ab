package io.homeport.bench.soak;

/**
 * One process of a service as the host's /proc shows it.
 *
 * @param pid as the host numbers it
 * @param service its name
 * @param node where it is
 * @param state proc_pid_stat(5): T stopped, t traced, others run or could
 */
record Copy(int pid, String service, String node, char state) {
    boolean runs() {
        return state != 'T' && state != 't';
    }

    @Override
    public String toString() {
        return "process " + pid + " on " + node + (runs() ? "" : " (stopped)");
    }
}
