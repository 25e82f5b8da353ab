package io.homeport.stream;

import io.homeport.posix.PosixException;
import io.homeport.socket.ShadowNet;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, once in a while, whether the application has closed what only it can close.
 *
 * <p>After shutdown(SHUT_WR) and after close() the daemon's end sees the same end of file. If the peer then neither sends nor closes, nothing
 * would ever tell that there is no reader any more, and the real socket would stay. So half-closed streams, and listeners, are looked up in
 * the shadow namespace. Data loop; costs nothing while there are none.
 */
final class ApplicationWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationWatch.class);

    private final StubTable stubs;
    private final StreamContext context;
    private boolean scheduled;

    ApplicationWatch(StubTable stubs, StreamContext context) {
        this.stubs = stubs;
        this.context = context;
    }

    /** There are stubs. */
    void begin() {
        if (!scheduled) {
            scheduled = true;
            context.after(context.limits.orphanCheckMs(), this::look);
        }
    }

    private void look() {
        scheduled = false;
        List<Stub> closed = new ArrayList<>();
        boolean any = false;
        for (Stub stub : stubs.all()) {
            any = true;
            if (stub.phase == Stub.Phase.STARTED && isClosed(stub)) {
                closed.add(stub);
            }
        }
        for (Stub stub : closed) {
            LOG.debug("{}: closed by the application", stub.state);
            if (stub.isListener()) {
                stubs.listenerClosed(stub);
            } else {
                stub.end.outflow().mark(Mark.CLOSED);
            }
        }
        if (any) {
            begin();
        }
    }

    private static boolean isClosed(Stub stub) {
        try {
            ShadowNet net = stub.net;
            if (stub.isListener()) {
                return !stub.listenerClosed && (net.isClosed() || net.backlogOf(stub.room, stub.state.local()) < 0);
            }
            return stub.state.kind() == StreamKind.TCP
                    && !stub.end.over()
                    && stub.end.outflow().lastMark() == Mark.EOF
                    && (net.isClosed() || net.closedByApplication(stub.room, stub.state.local(), stub.state.remote()));
        } catch (PosixException e) {
            LOG.debug("{}: {}", stub.state, e.getMessage());
            return false;
        }
    }
}
