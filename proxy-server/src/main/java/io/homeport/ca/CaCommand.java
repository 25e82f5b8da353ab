package io.homeport.ca;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code homeport ca}: makes a cluster's certificates. */
@Command(name = "ca", description = "Make the certificates by which the nodes of a cluster know each other.")
public final class CaCommand {
    @Spec
    CommandSpec spec;

    /** Makes a new authority. */
    @Command(name = "init", description = "Make a certificate authority in DIR.")
    int init(@Parameters(paramLabel = "DIR", description = "Directory for ca.crt, ca.key and ca.crl.") Path directory)
            throws IOException {
        CertificateAuthority authority = CertificateAuthority.create(directory);
        say("Made " + authority.certificate().getSubjectX500Principal().getName() + " in " + directory
                + ". Keep ca.key to yourself; issue certificates with: homeport ca issue " + directory + " NODE");
        return 0;
    }

    /** Issues a node's certificate. */
    @Command(name = "issue", description = "Issue a certificate for a node.")
    int issue(
            @Parameters(paramLabel = "DIR", description = "Directory of the authority.") Path directory,
            @Parameters(paramLabel = "NODE", description = "Name of the node.") String node,
            @Option(names = "--out", paramLabel = "OUT", description = "Where to write ca.crt, node.crt, node.key and ca.crl (default: DIR/NODE).")
                    Path out)
            throws IOException {
        Path target = out == null ? directory.resolve(node) : out;
        CertificateAuthority.NodeFiles files = CertificateAuthority.open(directory).issue(node, target);
        say("Wrote " + files.authority() + ", " + files.certificate() + ", " + files.key() + " and " + files.revocations());
        return 0;
    }

    /** Revokes a node's certificates. */
    @Command(name = "revoke", description = "Put all certificates of a node on the revocation list.")
    int revoke(
            @Parameters(paramLabel = "DIR", description = "Directory of the authority.") Path directory,
            @Parameters(paramLabel = "NODE", description = "Name of the node.") String node)
            throws IOException {
        int revoked = CertificateAuthority.open(directory).revoke(node);
        say(revoked == 0
                ? "Nothing to revoke: " + directory + " has issued no certificate for " + node + " that was still good"
                : "Revoked " + revoked + " certificate" + (revoked == 1 ? "" : "s") + " of " + node + "; now copy "
                        + directory.resolve(CertificateAuthority.REVOCATIONS_FILE) + " to every node");
        return revoked == 0 ? 1 : 0;
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
    }
}
