package io.homeport.agent.inst;

import static net.bytebuddy.matcher.ElementMatchers.isStatic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;

/**
 * Weaves {@code sun.nio.ch.OptionAdvice} into sun.nio.ch.Net.setSocketOption(FileDescriptor, ProtocolFamily, SocketOption, Object), through
 * which java.net, NIO and jdk.net options all go, on JDK 17 and 25 alike. (Its natives can't be advised: ByteBuddy skips them silently.)
 */
public final class Instrumenter implements ClassFileTransformer {
    private static final String TARGET = "sun.nio.ch.Net";
    private static final String ADVICE = "sun.nio.ch.OptionAdvice";

    private final Class<?> target;
    private final Advice advice;
    private volatile Throwable failure;

    private Instrumenter(Class<?> target, Advice advice) {
        this.target = target;
        this.advice = advice;
    }

    /** Called by the agent's control thread, once; throws if the advice is not in place afterwards. */
    public static void install(Instrumentation instrumentation) throws Exception {
        // Read when ByteBuddy's classes load: without it JDK 24 and later warn about Unsafe.
        String before = System.getProperty("net.bytebuddy.safe");
        System.setProperty("net.bytebuddy.safe", "true");
        try {
            Class<?> target = Class.forName(TARGET, false, null);
            Instrumenter instrumenter = new Instrumenter(target, advice());
            // Stays registered: when anyone else retransforms the class, the JVM starts from the original bytes again.
            instrumentation.addTransformer(instrumenter, true);
            instrumentation.retransformClasses(target);
            if (instrumenter.failure != null) {
                instrumentation.removeTransformer(instrumenter);
                throw new IllegalStateException("can't weave into " + TARGET, instrumenter.failure);
            }
        } finally {
            restore(before);
        }
    }

    @Override
    public byte[] transform(Module module, ClassLoader loader, String name, Class<?> type, ProtectionDomain domain, byte[] classFile) {
        if (type != target) {
            return null;
        }
        try {
            return new ByteBuddy()
                    .redefine(TypeDescription.ForLoadedType.of(type), ClassFileLocator.Simple.of(TARGET, classFile))
                    .visit(advice.on(isStatic().and(named("setSocketOption")).and(takesArguments(4))))
                    .make()
                    .getBytes();
        } catch (Throwable e) {
            // The JVM would swallow it.
            failure = e;
            return null;
        }
    }

    private static Advice advice() throws IOException {
        ClassLoader isolated = Instrumenter.class.getClassLoader();
        try (InputStream in = isolated.getResourceAsStream(ADVICE.replace('.', '/') + ".class")) {
            ClassFileLocator locator = new ClassFileLocator.Compound(
                    ClassFileLocator.Simple.of(ADVICE, in.readAllBytes()),
                    ClassFileLocator.ForClassLoader.of(isolated),
                    ClassFileLocator.ForClassLoader.ofPlatformLoader());
            return Advice.to(TypePool.Default.of(locator).describe(ADVICE).resolve(), locator);
        }
    }

    private static void restore(String before) {
        if (before == null) {
            System.clearProperty("net.bytebuddy.safe");
        } else {
            System.setProperty("net.bytebuddy.safe", before);
        }
    }
}
