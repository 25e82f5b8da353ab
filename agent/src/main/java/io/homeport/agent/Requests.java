package io.homeport.agent;

import io.homeport.agent.inst.Instrumenter;
import io.homeport.posix.Errno;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.LinkedHashMap;
import java.util.Map;

/** The requests that are answered in Java. Used by the control thread. */
final class Requests {
    /** DataOutput.writeUTF's limit is 65,535 bytes, and a char takes up to three. */
    private static final int MAX_VALUE_CHARS = 21_000;

    private static final String[] PROPERTIES = {
        "java.version", "java.vm.version", "java.vm.name", "java.home", "user.name", "user.dir", "sun.java.command", "homeport.name"
    };

    private final Instrumentation instrumentation;
    private final HeapTrim heap = new HeapTrim();
    private boolean instrumented;

    Requests(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    /** The reply's payload. */
    byte[] answer(int kind, byte[] payload) throws Exception {
        switch (kind) {
            case ControlMessage.PING:
                return payload;
            case ControlMessage.DESCRIBE:
                return describe();
            case ControlMessage.INSTRUMENT:
                instrument();
                return new byte[0];
            case ControlMessage.TRIM_HEAP:
                return heap.run();
            default:
                throw new UnsupportedOperationException("kind " + kind);
        }
    }

    static int errno(Throwable e) {
        return e instanceof UnsupportedOperationException ? Errno.ENOSYS : Errno.EIO;
    }

    private void instrument() throws Exception {
        if (!instrumented) {
            // The class is resolved, and ByteBuddy loaded, when this line runs for the first time (JVM specification, 5.4.3).
            Instrumenter.install(instrumentation);
            instrumented = true;
        }
    }

    private static byte[] describe() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String property : PROPERTIES) {
            String value = System.getProperty(property);
            if (value != null) {
                facts.put(property, value.length() > MAX_VALUE_CHARS ? value.substring(0, MAX_VALUE_CHARS) : value);
            }
        }
        facts.put("pid", Long.toString(ProcessHandle.current().pid()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(facts.size());
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                out.writeUTF(fact.getKey());
                out.writeUTF(fact.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
