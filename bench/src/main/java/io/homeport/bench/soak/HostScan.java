package io.homeport.bench.soak;

import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks for the processes of the lab's services, and for CRIU, again and again. A process that is neither is looked at once: only
 * CRIU's and the capsule's processes become services. Used by the watch's thread.
 */
final class HostScan {
    private static final Pattern NAME = Pattern.compile("\0-Dhomeport\\.name=([^\0]+)\0");
    private static final String KERNEL_THREADS_PARENT = "2";

    /** CRIU exchanges a process's memory while it runs: its words may be anything for a moment, or its number another's in the next. */
    private static final int LOOK_AGAIN_EVERY = 64;

    private final Map<String, String> nodesByNet;
    private final Map<Integer, Known> known = new HashMap<>();
    private int looks;

    /** What a process was found to be. */
    private enum Sort {
        SERVICE,
        /** CRIU's or a capsule's: may become a service at any time. */
        CRIU,
        OTHER
    }

    private record Known(Sort sort, String node, String words) {}

    /** What one look saw. */
    record Seen(List<Copy> copies, List<CriuProcess> crius) {}

    /** @param words its command line */
    record CriuProcess(int pid, String node, String words) {}

    /** @param nodesByNet the nodes' names by their network namespaces */
    HostScan(Map<String, String> nodesByNet) {
        this.nodesByNet = nodesByNet;
    }

    Seen look() {
        List<Integer> pids = pids();
        known.keySet().retainAll(new java.util.HashSet<>(pids));
        Seen seen = new Seen(new ArrayList<>(), new ArrayList<>());
        boolean again = looks++ % LOOK_AGAIN_EVERY == 0;
        for (int pid : pids) {
            Known what = known.get(pid);
            if (again || what == null || what.sort() == Sort.CRIU) {
                what = recognize(pid);
                known.put(pid, what);
            }
            if (what.sort() == Sort.CRIU) {
                seen.crius().add(new CriuProcess(pid, what.node(), what.words()));
            } else if (what.sort() == Sort.SERVICE) {
                copy(pid, what).ifPresent(seen.copies()::add);
            }
        }
        return seen;
    }

    /** As the process is now; empty if it has ended. */
    static Optional<Copy> again(Copy copy) {
        return HostProcess.stat(copy.pid())
                .map(stat -> new Copy(copy.pid(), copy.service(), copy.node(), stat.charAt(0)))
                .filter(now -> now.state() != 'Z' && now.state() != 'X');
    }

    private static Optional<Copy> copy(int pid, Known what) {
        return again(new Copy(pid, what.words(), what.node(), '?'));
    }

    private Known recognize(int pid) {
        String words = HostProcess.commandLine(pid).orElse("");
        if (words.isEmpty()) {
            // A kernel thread or a zombie never becomes anything; a process that is just being made may.
            String[] stat = HostProcess.stat(pid).orElse("Z 0").split(" ");
            boolean nothing = stat[0].equals("Z") || stat[1].equals(KERNEL_THREADS_PARENT) || pid == 2;
            return new Known(nothing ? Sort.OTHER : Sort.CRIU, node(pid), words);
        }
        String program = words.substring(0, words.indexOf('\0') < 0 ? words.length() : words.indexOf('\0'));
        if (program.contains("criu") || program.contains("homeport-capsule")) {
            return new Known(Sort.CRIU, node(pid), words);
        }
        Matcher name = NAME.matcher(words);
        String node = name.find() ? node(pid) : "";
        return node.isEmpty() ? new Known(Sort.OTHER, "", "") : new Known(Sort.SERVICE, node, name.group(1));
    }

    private String node(int pid) {
        return HostProcess.net(pid).map(nodesByNet::get).orElse("");
    }

    private static List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        for (String entry : Optional.ofNullable(new File("/proc").list()).orElse(new String[0])) {
            if (Character.isDigit(entry.charAt(0))) {
                pids.add(Integer.parseInt(entry));
            }
        }
        return pids;
    }
}
