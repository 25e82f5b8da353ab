package io.homeport.link.lane;

import io.homeport.wire.link.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The first eight bytes of a connection, in the clear: they choose the event loop before there is any state, and turn away
 * what is no Homeport node (a port scanner, a browser) before TLS begins. Not trusted: Hello must name the same lane.
 *
 * <pre>  'H' 'P' 'R' 'T' | format 1 | lane | 1 with TLS, 0 without | 0  </pre>
 */
record Preamble(Lane lane, boolean tls) {
    static final int BYTES = 8;
    private static final int MAGIC = 0x48505254;
    private static final int FORMAT = 1;

    ByteBuf encode() {
        return Unpooled.buffer(BYTES).writeInt(MAGIC).writeByte(FORMAT).writeByte(lane.value()).writeByte(tls ? 1 : 0).writeByte(0);
    }

    /** Reads {@link #BYTES} bytes; null if they are no preamble. */
    static Preamble decode(ByteBuf in) {
        int magic = in.readInt();
        int format = in.readByte();
        int lane = in.readByte();
        int tls = in.readByte();
        in.skipBytes(1);
        boolean valid = magic == MAGIC && format == FORMAT && lane >= 0 && lane <= Lane.BULK.value() && (tls & ~1) == 0;
        return valid ? new Preamble(Lane.get((short) lane), tls == 1) : null;
    }
}
