package io.homeport.service;

import java.util.List;
import java.util.Set;

/** What a service is called: the name it was given, else the short name of its main class or jar. Pure. */
public final class ServiceName {
    private static final String GIVEN = "-Dhomeport.name=";
    private static final Set<String> WITH_ARGUMENT =
            Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules", "--add-opens", "--add-exports");

    private ServiceName() {}

    /**
     * @param commandLine the JVM's, its program first
     */
    public static String of(List<String> commandLine) {
        for (int i = 1; i < commandLine.size(); i++) {
            String word = commandLine.get(i);
            if (word.startsWith(GIVEN)) {
                return word.substring(GIVEN.length());
            }
            if (word.equals("-jar") || word.equals("-m") || word.equals("--module")) {
                return i + 1 < commandLine.size() ? shortName(commandLine.get(i + 1)) : "java";
            }
            if (WITH_ARGUMENT.contains(word)) {
                i++;
            } else if (!word.startsWith("-")) {
                return shortName(word);
            }
        }
        return "java";
    }

    /** {@code /srv/shop.jar} is shop, {@code com.example.Main} is Main. */
    private static String shortName(String main) {
        String file = main.substring(main.lastIndexOf('/') + 1);
        if (file.endsWith(".jar")) {
            return file.substring(0, file.length() - ".jar".length());
        }
        return file.substring(file.lastIndexOf('.') + 1);
    }
}
