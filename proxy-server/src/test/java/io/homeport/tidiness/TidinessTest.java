package io.homeport.tidiness;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.homeport.config.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the shape of the whole project's code: sizes, names, packages. There are no exceptions to it. */
class TidinessTest {
    private static final int MOST_FILE_LINES = 400;
    private static final int MOST_METHOD_LINES = 60;
    private static final List<String> MODULES = List.of("wire-protocol", "agent", "proxy-server", "demo-apps", "bench");
    private static final List<String> STANDING_ALONE = List.of("io.homeport.config", "io.homeport.report");
    private static final Pattern EMPTY_TYPE_NAME = Pattern.compile(".*(Manager|Helper|Helpers|Util|Utils|Impl|Common)");
    private static final Pattern EMPTY_PACKAGE_NAME = Pattern.compile("(.*\\.)?(impl|internal|common|util|utils|helpers?|misc)(\\..*)?");
    /** Built from two halves, so that this line is none itself. */
    private static final Pattern LEFT_UNDONE = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    private static List<SourceFile> files;

    @BeforeAll
    static void parse() {
        Path root = Installation.find().root();
        files = SourceFile.parseAll(MODULES.stream()
                .map(root::resolve)
                .filter(module -> Files.isDirectory(module.resolve("src")))
                .toList());
        assertThat(files).hasSizeGreaterThan(100);
    }

    @Test
    void shouldKeepFilesShort() {
        assertThat(complaints(file -> file.lines().size() >= MOST_FILE_LINES
                        ? Stream.of(file.path() + " has " + file.lines().size() + " lines")
                        : Stream.empty()))
                .as("files of %d lines or more", MOST_FILE_LINES)
                .isEmpty();
    }

    @Test
    void shouldKeepMethodsShort() {
        assertThat(complaints(file -> file.methods().stream()
                        .filter(method -> method.lineCount() >= MOST_METHOD_LINES)
                        .map(method -> file.path() + ": " + method.name() + " has " + method.lineCount() + " lines")))
                .as("methods of %d lines or more", MOST_METHOD_LINES)
                .isEmpty();
    }

    @Test
    void shouldGiveTypesAndPackagesNamesThatSaySomething() {
        assertThat(complaints(file -> Stream.concat(
                        file.types().stream().filter(type -> EMPTY_TYPE_NAME.matcher(type).matches()),
                        Stream.of(file.packageName()).filter(name -> EMPTY_PACKAGE_NAME.matcher(name).matches()))
                        .map(name -> file.path() + ": " + name)))
                .as("names that say nothing")
                .isEmpty();
    }

    @Test
    void shouldLeaveNothingUndone() {
        assertThat(complaints(file -> file.lines().stream()
                        .filter(line -> LEFT_UNDONE.matcher(line).find())
                        .map(line -> file.path() + ": " + line.strip())))
                .as("notes of things left undone")
                .isEmpty();
    }

    @Test
    void shouldExplainEveryPackage() {
        // The agent's bridge must stand in sun.nio.ch (facts of the JDK's modules), which is the JDK's to explain.
        Set<Path> unexplained = new TreeSet<>();
        files.stream()
                .filter(file -> file.isMain() && file.packageName().startsWith("io.homeport"))
                .map(file -> file.path().resolveSibling("package-info.java"))
                .filter(Files::notExists)
                .forEach(unexplained::add);
        assertThat(unexplained).as("missing files").isEmpty();
    }

    @Test
    void shouldHaveNoCyclesBetweenPackagesInSource() {
        Map<String, Set<String>> uses = new TreeMap<>();
        Set<String> own = new TreeSet<>();
        files.stream().filter(SourceFile::isMain).forEach(file -> own.add(file.packageName()));
        for (SourceFile file : files) {
            if (file.isMain()) {
                Set<String> used = uses.computeIfAbsent(file.packageName(), name -> new TreeSet<>());
                file.imports().stream().map(SourceFile::packageOf).filter(own::contains).forEach(used::add);
                used.remove(file.packageName());
            }
        }
        assertThat(new Cycles(uses).find()).as("packages that import each other in a circle").isEmpty();
    }

    @Test
    void shouldLetSettingsAndReportsStandAlone() {
        assertThat(complaints(file -> file.imports().stream()
                        .filter(name -> file.isMain() && STANDING_ALONE.contains(file.packageName()))
                        .filter(name -> name.startsWith("io.homeport."))
                        .map(name -> file.path() + " imports " + name)))
                .isEmpty();
    }

    @Test
    void shouldHaveNoCyclesBetweenPackagesInByteCode() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.homeport");
        slices().matching("io.homeport.(**)").should().beFreeOfCycles().check(classes);
    }

    private static List<String> complaints(java.util.function.Function<SourceFile, Stream<String>> rule) {
        List<String> found = new ArrayList<>();
        files.forEach(file -> rule.apply(file).forEach(found::add));
        return found;
    }
}
