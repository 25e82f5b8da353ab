package io.homeport.local;

/** Why a command failed. The order is that of FailureKind in the schema; UNREACHABLE never travels. */
public enum Failure {
    /** It was tried; the text names the step. */
    FAILED,
    /** It cannot be done; nothing was touched. */
    OBSTACLES,
    /** The caller may not do this. */
    DENIED,
    /** The request makes no sense, e.g. names a process or node that is not there. */
    BAD_REQUEST,
    /** Too many commands at once. */
    BUSY,
    /** No daemon answers. */
    UNREACHABLE
}
