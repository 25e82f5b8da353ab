package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Asks the kernel for all options that a socket of one family has, in one call. Any thread. */
final class OptionQuestions {
    private static final int QUESTION_BYTES = 8;
    private static final int ANSWER_BYTES = 20;
    private static final int SO_BUF_LOCK = 72;
    private static final int SNDBUF_LOCKED = 1;
    private static final int RCVBUF_LOCKED = 2;

    private static final OptionQuestions INET = new OptionQuestions(Linux.AF_INET);
    private static final OptionQuestions INET6 = new OptionQuestions(Linux.AF_INET6);
    private static final ThreadLocal<ByteBuffer> ANSWERS =
            ThreadLocal.withInitial(() -> direct((SocketOption.values().length + 1) * ANSWER_BYTES));

    private final SocketOption[] options;
    /** The last of them is SO_BUF_LOCK. */
    private final ByteBuffer questions;

    private OptionQuestions(int family) {
        options = Arrays.stream(SocketOption.values()).filter(option -> option.in(family)).toArray(SocketOption[]::new);
        questions = direct((options.length + 1) * QUESTION_BYTES);
        for (SocketOption option : options) {
            questions.putInt(option.level).putInt(option.name);
        }
        questions.putInt(Linux.SOL_SOCKET).putInt(SO_BUF_LOCK);
    }

    static OptionQuestions of(int family) {
        return family == Linux.AF_INET ? INET : INET6;
    }

    /** All that {@code fd} has. */
    Map<SocketOption, byte[]> ask(int fd) {
        ByteBuffer answers = ANSWERS.get();
        Posix.getsockopts(fd, Memory.address(questions), options.length + 1, Memory.address(answers));
        int lockAt = options.length * ANSWER_BYTES;
        int locks = answers.getInt(lockAt) > 0 ? answers.getInt(lockAt + Integer.BYTES) : 0;
        Map<SocketOption, byte[]> values = new EnumMap<>(SocketOption.class);
        for (int i = 0; i < options.length; i++) {
            SocketOption option = options[i];
            int length = answers.getInt(i * ANSWER_BYTES);
            boolean unset = option == SocketOption.RCVBUF && (locks & RCVBUF_LOCKED) == 0
                    || option == SocketOption.SNDBUF && (locks & SNDBUF_LOCKED) == 0;
            if (length > 0 && !unset) {
                byte[] value = new byte[length];
                answers.get(i * ANSWER_BYTES + Integer.BYTES, value);
                values.put(option, option.carried(value));
            }
        }
        return values;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
