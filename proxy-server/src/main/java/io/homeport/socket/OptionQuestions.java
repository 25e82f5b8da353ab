package io.homeport.socket;

import io.homeport.posix.Linux;
import io.homeport.posix.Memory;
import io.homeport.posix.Posix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Asks the kernel for all options that a socket of one family has, in one call. Sockets of one service have the same, mostly: an answer like the
 * last one is the same object. Any thread.
 */
final class OptionQuestions {
    private static final int QUESTION_BYTES = 8;
    private static final int ANSWER_BYTES = 20;
    private static final int SO_BUF_LOCK = 72;
    private static final int SNDBUF_LOCKED = 1;
    private static final int RCVBUF_LOCKED = 2;

    private static final byte[] NO_ANSWER = new byte[ANSWER_BYTES];

    private static final OptionQuestions INET = new OptionQuestions(Linux.AF_INET);
    private static final OptionQuestions INET6 = new OptionQuestions(Linux.AF_INET6);
    private static final ThreadLocal<ByteBuffer> ANSWERS =
            ThreadLocal.withInitial(() -> direct((SocketOption.values().length + 1) * ANSWER_BYTES));

    private final SocketOption[] options;
    /** The last of them is SO_BUF_LOCK. */
    private final ByteBuffer questions;
    private final int family;
    private volatile Known last = new Known(direct(0), SocketOptions.NONE);

    /** What an answer came to. */
    private record Known(ByteBuffer answers, SocketOptions options) {}

    private OptionQuestions(int family) {
        this.family = family;
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
    SocketOptions ask(int fd) {
        ByteBuffer answers = ANSWERS.get().clear().limit((options.length + 1) * ANSWER_BYTES);
        Posix.getsockopts(fd, Memory.address(questions), options.length + 1, Memory.address(answers));
        int lockAt = options.length * ANSWER_BYTES;
        int locks = answers.getInt(lockAt) > 0 ? answers.getInt(lockAt + Integer.BYTES) : 0;
        for (int i = 0; i < options.length; i++) {
            boolean unset = options[i] == SocketOption.RCVBUF && (locks & RCVBUF_LOCKED) == 0
                    || options[i] == SocketOption.SNDBUF && (locks & SNDBUF_LOCKED) == 0;
            if (unset) { // the kernel changes it by itself
                answers.put(i * ANSWER_BYTES, NO_ANSWER);
            }
        }
        Known known = last;
        if (!answers.equals(known.answers)) {
            known = new Known(direct(answers.limit()).put(answers).flip(), new SocketOptions(family, values(answers)));
            last = known;
        }
        return known.options;
    }

    private Map<SocketOption, byte[]> values(ByteBuffer answers) {
        Map<SocketOption, byte[]> values = new EnumMap<>(SocketOption.class);
        for (int i = 0; i < options.length; i++) {
            int length = answers.getInt(i * ANSWER_BYTES);
            if (length > 0) {
                byte[] value = new byte[length];
                answers.get(i * ANSWER_BYTES + Integer.BYTES, value);
                values.put(options[i], options[i].carried(value));
            }
        }
        return values;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
