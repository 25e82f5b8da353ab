package io.homeport.wire;

/** A limit on everything that can arrive from another node. A frame that breaks one ends its lane. */
public final class FrameLimits {
    /** Version of the protocol that this code speaks; see "Versions" in docs/protocol.md. */
    public static final int PROTOCOL_VERSION = 1;

    /** Length of the number that precedes every frame on a connection: unsigned 32 bit, little endian. */
    public static final int LENGTH_PREFIX_BYTES = 4;

    /** Longest frame, prefix not counted: small enough that a mad peer costs no memory, large enough that headers cost nothing. */
    public static final int MAX_FRAME_BYTES = 1 << 20;

    /** Longest frame before the handshake is over: a stranger gets no megabyte. */
    public static final int MAX_HELLO_BYTES = 2048;

    /** Longest payload of a Data frame: what one read of a socket yields; longer ones would make small streams wait. */
    public static final int MAX_DATA_BYTES = 64 * 1024;

    /** Longest payload of a FileData frame: past 256 KiB larger chunks measured no faster. */
    public static final int MAX_FILE_DATA_BYTES = 256 * 1024;

    /** Longest payload of a Request or a Reply: what a frame holds, less room for the fixed part and an error text. */
    public static final int MAX_CALL_BYTES = MAX_FRAME_BYTES - 64 * 1024;

    /** Longest text that explains something to a person. Longer ones are cut by the sender. */
    public static final int MAX_REASON_BYTES = 1024;

    /** Longest node name: it is one DNS label (RFC 1035, 2.3.4), as it stands in certificates and in /net/NODE. */
    public static final int MAX_NODE_NAME_BYTES = 63;

    /** Longest path of a file in a transfer: PATH_MAX of Linux (limits.h). */
    public static final int MAX_PATH_BYTES = 4096;

    /** Longest encoded set of socket options: some forty options of a few bytes each, with room for long names. */
    public static final int MAX_OPTIONS_BYTES = 4096;

    /** Most files in one transfer: a JVM with 1,000 threads makes some 3,000 image files. */
    public static final int MAX_TRANSFER_FILES = 100_000;

    private FrameLimits() {}
}
