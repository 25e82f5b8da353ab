package io.homeport.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What happens at fault points. Any thread. */
public interface Faults {

    /** A daemon's: nothing. */
    Faults NONE = point -> {};

    /**
     * A migration has come here. May block, and may not return.
     *
     * @throws IOException if the step shall fail
     */
    void reach(FaultPoint point) throws IOException;

    /** Those that a directory names, if there is one: for the daemons of labs. */
    static Faults in(Optional<Path> directory) {
        return directory.<Faults>map(ArmedFaults::new).orElse(NONE);
    }
}
