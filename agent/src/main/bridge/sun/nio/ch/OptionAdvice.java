package sun.nio.ch;

import java.io.FileDescriptor;
import net.bytebuddy.asm.Advice;

/** Copied by ByteBuddy to the end of the methods that set a socket option; never loaded itself. */
public final class OptionAdvice {
    private OptionAdvice() {}

    @Advice.OnMethodExit
    static void changed(@Advice.Argument(0) FileDescriptor fd) {
        HomeportBridge.optionChanged(fd);
    }
}
