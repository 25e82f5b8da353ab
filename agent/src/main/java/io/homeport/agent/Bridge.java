package io.homeport.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The way into java.base: opens sun.nio.ch to the isolated loader's module alone, defines sun.nio.ch.HomeportBridge there, and has it load
 * the native library. No boot class path is changed and no warning printed, on JDK 17 and 25.
 */
final class Bridge {
    private static final String CLASS_FILE = "/sun/nio/ch/HomeportBridge.class";

    private final MethodHandle link;

    private Bridge(MethodHandle link) {
        this.link = link;
    }

    static Bridge install(Instrumentation instrumentation, Path library) throws Exception {
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("sun.nio.ch", Set.of(Bridge.class.getModule())),
                Set.of(),
                Map.of());
        Class<?> anchor = Class.forName("sun.nio.ch.IOUtil", false, null);
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(anchor, MethodHandles.lookup());
        Class<?> bridge = lookup.defineClass(bytes());
        try {
            lookup.findStatic(bridge, "load", MethodType.methodType(void.class, String.class)).invoke(library.toString());
            return new Bridge(lookup.findStatic(bridge, "link",
                    MethodType.methodType(int.class, Class.class, String.class, String.class, String.class)));
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Binds every native method of a class to the library's symbol of the usual name (JNI specification, chapter 2). */
    void link(Class<?> owner) {
        for (Method method : owner.getDeclaredMethods()) {
            if (Modifier.isNative(method.getModifiers())) {
                String descriptor = MethodType.methodType(method.getReturnType(), method.getParameterTypes()).toMethodDescriptorString();
                String symbol = "Java_" + owner.getName().replace('.', '_') + "_" + method.getName();
                try {
                    int result = (int) link.invoke(owner, method.getName(), descriptor, symbol);
                    if (result < 0) {
                        throw new UnsatisfiedLinkError(symbol + ": " + result);
                    }
                } catch (RuntimeException | Error e) {
                    throw e;
                } catch (Throwable e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static byte[] bytes() throws IOException {
        try (InputStream in = Bridge.class.getClassLoader().getResourceAsStream(CLASS_FILE.substring(1))) {
            if (in == null) {
                throw new IOException("the agent's jar lacks " + CLASS_FILE);
            }
            return in.readAllBytes();
        }
    }
}
