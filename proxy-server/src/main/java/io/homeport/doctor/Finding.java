package io.homeport.doctor;

/**
 * One thing looked at.
 *
 * @param subject what, in a word or two
 * @param grade how it is
 * @param found what was found
 * @param advice what to do about it; empty if nothing
 */
public record Finding(String subject, Grade grade, String found, String advice) {
    /** How bad it is. */
    public enum Grade {
        /** As it should be. */
        GOOD,
        /** Works, but something does less or is slower. */
        POOR,
        /** Homeport does not work without it. */
        MISSING
    }

    static Finding good(String subject, String found) {
        return new Finding(subject, Grade.GOOD, found, "");
    }

    static Finding poor(String subject, String found, String advice) {
        return new Finding(subject, Grade.POOR, found, advice);
    }

    static Finding missing(String subject, String found, String advice) {
        return new Finding(subject, Grade.MISSING, found, advice);
    }
}
