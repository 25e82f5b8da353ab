package io.homeport.agent;

import io.homeport.posix.Memory;
import io.homeport.posix.NativeLibrary;
import io.homeport.posix.Posix;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;

/** Brings the agent up inside its isolated loader: library, natives, control thread. Called once, by the thread that runs premain. */
public final class AgentStart {
    private AgentStart() {}

    /** Returns when the control thread runs; throws what prevents it. */
    public static void start(Instrumentation instrumentation) throws Exception {
        Path library = NativeLibrary.find();
        Bridge bridge = Bridge.install(instrumentation, library);
        NativeLibrary.adopt(library);
        bridge.link(Posix.class);
        bridge.link(Memory.class);
        bridge.link(ControlThread.class);
        Posix.check(Posix.outliveTraps(), "sigaction"); // of a CRIU that is killed while it works on this process
        new ControlThread(new Requests(instrumentation)).start();
    }
}
