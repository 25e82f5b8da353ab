package io.homeport.system;

import io.homeport.lab.LabException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the run's one {@link Harbour}: made when the first test asks, closed after the last class. Where the machine
 * lacks something the tests are skipped with the reason, or fail with it if {@code CI=true}.
 */
final class HarbourExtension implements BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(HarbourExtension.class);

    /** What making the harbour came to: exactly one of both is null. */
    private record Attempt(Harbour harbour, LabException lacking) implements AutoCloseable {
        static Attempt make() {
            try {
                return new Attempt(new Harbour(), null);
            } catch (LabException e) {
                return new Attempt(null, e);
            } catch (Exception e) {
                throw new IllegalStateException("no lab", e);
            }
        }

        @Override
        public void close() throws Exception {
            if (harbour != null) {
                harbour.close();
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        LabException lacking = attempt(context).lacking;
        if (lacking != null) {
            if (lacking.kind() != LabException.Kind.LACKING || "true".equals(System.getenv("CI"))) {
                throw lacking;
            }
            Assumptions.abort("cannot run here: " + lacking.getMessage());
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Harbour.class;
    }

    @Override
    public Harbour resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return attempt(context).harbour;
    }

    private static Attempt attempt(ExtensionContext context) {
        return context.getRoot().getStore(SPACE).computeIfAbsent("harbour", key -> Attempt.make(), Attempt.class);
    }
}
