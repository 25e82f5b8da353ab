package io.homeport.local;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/**
 * Who asked, as the kernel says.
 *
 * @param user of the connecting process at the time it connected (SO_PEERCRED, unix(7))
 * @param root whether that is uid 0
 */
public record Caller(UserPrincipal user, boolean root) {
    static Caller of(SocketChannel channel) throws IOException {
        UserPrincipal user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        // The JDK compares users by uid and looks "root" up in the user database; uid 0 is what counts.
        UserPrincipal root = FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0");
        return new Caller(user, user.equals(root) || user.getName().equals("root"));
    }

    /** Whether the caller may command this process of this node: root, or the process's own user (/proc/PID's owner). */
    public boolean mayCommand(long pid) {
        if (root) {
            return true;
        }
        try {
            return user.equals(Files.getOwner(Path.of("/proc/" + pid)));
        } catch (IOException gone) {
            return false;
        }
    }

    /** The user's name. */
    public String name() {
        return user.getName();
    }
}
