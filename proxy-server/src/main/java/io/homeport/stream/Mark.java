package io.homeport.stream;

/** What stands at an offset of a direction, as journalled. Numbers of the journal's records: never change them. */
final class Mark {
    /** Bytes. */
    static final byte DATA = 0;
    /** One byte of TCP urgent data. */
    static final byte URGENT = 1;
    /** End of file. */
    static final byte EOF = 2;
    /** Reset, or another failure of the socket. */
    static final byte RESET = 3;
    /** The application has closed its socket altogether: nobody reads what still comes. */
    static final byte CLOSED = 4;

    private Mark() {}

    /** Whether it is an end, which takes one offset and no bytes. */
    static boolean isEnd(byte mark) {
        return mark >= EOF;
    }

    /** Whether nothing follows it in either direction. */
    static boolean isFinal(byte mark) {
        return mark >= RESET;
    }
}
