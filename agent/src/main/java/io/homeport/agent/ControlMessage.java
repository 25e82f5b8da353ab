package io.homeport.agent;

/**
 * The messages on the control pair, for both ends; agent/src/main/c/control.h is the same for C. Little endian.
 *
 * <pre>
 *   header    magic u32 "HPRT" | version u16 | kind u16 | sequence u32 | count u32      then count operations (PROGRAM) or payload bytes
 *   request   kind 1..0x3fff          reply   the request's kind and sequence, | 0x8000
 *   notice    kind 0x4001.., sequence 0   error   kind 0xc000, the request's sequence; payload -errno i32, then UTF-8 text
 * </pre>
 */
public final class ControlMessage {
    public static final int MAGIC = 0x54525048;
    public static final short VERSION = 1;
    public static final int HEADER_BYTES = 16;
    public static final int OPERATION_BYTES = 32;

    /** A program of at most this many operations fits into one message: an AF_UNIX socket's send buffer holds 212,992 bytes by default. */
    public static final int MAX_OPERATIONS = 4096;

    /** The longest message. */
    public static final int MAX_BYTES = HEADER_BYTES + MAX_OPERATIONS * OPERATION_BYTES;

    /** A swap program: executed in C, see program.c. */
    public static final int PROGRAM = 1;

    /** Answers its own payload. */
    public static final int PING = 2;

    /** Answers a count u16 and as many pairs of strings (DataOutput.writeUTF): what this JVM is. */
    public static final int DESCRIBE = 3;

    /** Weaves the advice in, once; answers nothing. From then on OPTION_CHANGED notices come. */
    public static final int INSTRUMENT = 4;

    /** Gives back heap that holds no object, if that is worth a collection; answers resident bytes before and after, u64 each. */
    public static final int TRIM_HEAP = 5;

    /**
     * The open descriptors from one number to before another: from i32, to i32; answers {fd i32, flags i32 (with O_CLOEXEC), mode u32, 0 u32, inode u64}
     * each, in the order of their numbers, as many as fit into a message. Executed in C, see table.c.
     */
    public static final int DESCRIPTORS = 6;

    /** Notice: fd i32, then i32 1 if earlier notices were lost since the queue was full. */
    public static final int OPTION_CHANGED = 0x4001;

    public static final int REPLY = 0x8000;
    public static final int ERROR = 0xc000;

    private ControlMessage() {}
}
