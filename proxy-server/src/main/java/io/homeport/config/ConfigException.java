package io.homeport.config;

import java.util.List;

/** A configuration file with mistakes, all of them; each names its line and what is allowed. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<String> mistakes;

    ConfigException(String file, List<String> mistakes) {
        super(file + ": " + String.join("\n" + file + ": ", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** One sentence each, in the order of their lines. */
    public List<String> mistakes() {
        return mistakes;
    }
}
