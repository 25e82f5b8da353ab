package io.homeport.posix;

import java.util.HashMap;
import java.util.Map;

/** Linux's error numbers (asm-generic/errno.h; the same on x86-64 and arm64) with their names and glibc's texts. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int EPROTO = 71;
    public static final int EBADMSG = 74;
    public static final int EOVERFLOW = 75;
    public static final int ENOTSOCK = 88;
    public static final int EDESTADDRREQ = 89;
    public static final int EMSGSIZE = 90;
    public static final int EPROTOTYPE = 91;
    public static final int ENOPROTOOPT = 92;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENETRESET = 102;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int EISCONN = 106;
    public static final int ENOTCONN = 107;
    public static final int ESHUTDOWN = 108;
    public static final int ETOOMANYREFS = 109;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;
    public static final int ECANCELED = 125;
    public static final int EOWNERDEAD = 130;

    private static final Map<Integer, String[]> KNOWN = new HashMap<>();

    static {
        known(EPERM, "EPERM", "Operation not permitted");
        known(ENOENT, "ENOENT", "No such file or directory");
        known(ESRCH, "ESRCH", "No such process");
        known(EINTR, "EINTR", "Interrupted system call");
        known(EIO, "EIO", "Input/output error");
        known(ENXIO, "ENXIO", "No such device or address");
        known(EBADF, "EBADF", "Bad file descriptor");
        known(ECHILD, "ECHILD", "No child processes");
        known(EAGAIN, "EAGAIN", "Resource temporarily unavailable");
        known(ENOMEM, "ENOMEM", "Cannot allocate memory");
        known(EACCES, "EACCES", "Permission denied");
        known(EFAULT, "EFAULT", "Bad address");
        known(EBUSY, "EBUSY", "Device or resource busy");
        known(EEXIST, "EEXIST", "File exists");
        known(EXDEV, "EXDEV", "Invalid cross-device link");
        known(ENODEV, "ENODEV", "No such device");
        known(ENOTDIR, "ENOTDIR", "Not a directory");
        known(EISDIR, "EISDIR", "Is a directory");
        known(EINVAL, "EINVAL", "Invalid argument");
        known(ENFILE, "ENFILE", "Too many open files in system");
        known(EMFILE, "EMFILE", "Too many open files");
        known(ENOTTY, "ENOTTY", "Inappropriate ioctl for device");
        known(EFBIG, "EFBIG", "File too large");
        known(ENOSPC, "ENOSPC", "No space left on device");
        known(ESPIPE, "ESPIPE", "Illegal seek");
        known(EROFS, "EROFS", "Read-only file system");
        known(EPIPE, "EPIPE", "Broken pipe");
        known(ERANGE, "ERANGE", "Numerical result out of range");
        known(ENAMETOOLONG, "ENAMETOOLONG", "File name too long");
        known(ENOSYS, "ENOSYS", "Function not implemented");
        known(ELOOP, "ELOOP", "Too many levels of symbolic links");
        known(EPROTO, "EPROTO", "Protocol error");
        known(EBADMSG, "EBADMSG", "Bad message");
        known(EOVERFLOW, "EOVERFLOW", "Value too large for defined data type");
        known(ENOTSOCK, "ENOTSOCK", "Socket operation on non-socket");
        known(EDESTADDRREQ, "EDESTADDRREQ", "Destination address required");
        known(EMSGSIZE, "EMSGSIZE", "Message too long");
        known(EPROTOTYPE, "EPROTOTYPE", "Protocol wrong type for socket");
        known(ENOPROTOOPT, "ENOPROTOOPT", "Protocol not available");
        known(EPROTONOSUPPORT, "EPROTONOSUPPORT", "Protocol not supported");
        known(EOPNOTSUPP, "EOPNOTSUPP", "Operation not supported");
        known(EAFNOSUPPORT, "EAFNOSUPPORT", "Address family not supported by protocol");
        known(EADDRINUSE, "EADDRINUSE", "Address already in use");
        known(EADDRNOTAVAIL, "EADDRNOTAVAIL", "Cannot assign requested address");
        known(ENETDOWN, "ENETDOWN", "Network is down");
        known(ENETUNREACH, "ENETUNREACH", "Network is unreachable");
        known(ENETRESET, "ENETRESET", "Network dropped connection on reset");
        known(ECONNABORTED, "ECONNABORTED", "Software caused connection abort");
        known(ECONNRESET, "ECONNRESET", "Connection reset by peer");
        known(ENOBUFS, "ENOBUFS", "No buffer space available");
        known(EISCONN, "EISCONN", "Transport endpoint is already connected");
        known(ENOTCONN, "ENOTCONN", "Transport endpoint is not connected");
        known(ESHUTDOWN, "ESHUTDOWN", "Cannot send after transport endpoint shutdown");
        known(ETOOMANYREFS, "ETOOMANYREFS", "Too many references: cannot splice");
        known(ETIMEDOUT, "ETIMEDOUT", "Connection timed out");
        known(ECONNREFUSED, "ECONNREFUSED", "Connection refused");
        known(EHOSTDOWN, "EHOSTDOWN", "Host is down");
        known(EHOSTUNREACH, "EHOSTUNREACH", "No route to host");
        known(EALREADY, "EALREADY", "Operation already in progress");
        known(EINPROGRESS, "EINPROGRESS", "Operation now in progress");
        known(ESTALE, "ESTALE", "Stale file handle");
        known(EDQUOT, "EDQUOT", "Disk quota exceeded");
        known(ECANCELED, "ECANCELED", "Operation canceled");
        known(EOWNERDEAD, "EOWNERDEAD", "Owner died");
    }

    private Errno() {}

    /** "ECONNRESET" for 104; "errno 4711" for one not listed. */
    public static String name(int errno) {
        String[] known = KNOWN.get(errno);
        return known == null ? "errno " + errno : known[0];
    }

    /** "Connection reset by peer" for 104. */
    public static String text(int errno) {
        String[] known = KNOWN.get(errno);
        return known == null ? "unknown error" : known[1];
    }

    private static void known(int errno, String name, String text) {
        KNOWN.put(errno, new String[] {name, text});
    }
}
