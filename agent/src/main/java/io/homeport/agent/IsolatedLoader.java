package io.homeport.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Loads the agent's classes from {@code inst/**.classdata} of its jar. Its parent is the platform loader, so neither sees the other's:
 * the application may use another ByteBuddy, or another version of these very classes.
 *
 * <p>Lives as long as the JVM. The jar is opened for each class: no file stays open in the application for our sake.
 */
final class IsolatedLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private final Path jar;
    private final ProtectionDomain domain;

    IsolatedLoader(Path jar) throws IOException {
        super("homeport", ClassLoader.getPlatformClassLoader());
        this.jar = jar;
        // NativeLibrary looks beside the jar that its class comes from.
        this.domain = new ProtectionDomain(new CodeSource(url(jar), (Certificate[]) null), null, this, null);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try {
            byte[] bytes = read(name.replace('.', '/'));
            if (bytes != null) {
                return defineClass(name, bytes, 0, bytes.length, domain);
            }
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
        throw new ClassNotFoundException(name);
    }

    /** Class files only: what ByteBuddy and the agent's start read as data. */
    @Override
    public InputStream getResourceAsStream(String name) {
        try {
            byte[] bytes = name.endsWith(".class") ? read(name.substring(0, name.length() - ".class".length())) : null;
            return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
        } catch (IOException e) {
            return null;
        }
    }

    private byte[] read(String path) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            ZipEntry entry = file.getEntry("inst/" + path + ".classdata");
            return entry == null ? null : file.getInputStream(entry).readAllBytes();
        }
    }

    private static URL url(Path jar) throws IOException {
        return jar.toUri().toURL();
    }
}
