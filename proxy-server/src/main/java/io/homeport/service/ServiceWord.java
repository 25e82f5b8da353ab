package io.homeport.service;

import io.homeport.link.LinkPolicy;
import java.util.List;
import java.util.Optional;

/** What a service was told when it was started, in words of its command line ({@code -Dhomeport.KEY=VALUE}). Pure. */
public final class ServiceWord {
    private ServiceWord() {}

    /** By which links its streams shall go; empty if it was not told. @throws IllegalArgumentException if it was told nonsense */
    public static Optional<LinkPolicy> linkPolicy(List<String> commandLine) {
        String given = "-Dhomeport.link=";
        return commandLine.stream()
                .filter(word -> word.startsWith(given))
                .findFirst()
                .map(word -> LinkPolicy.parse(word.substring(given.length())));
    }
}
