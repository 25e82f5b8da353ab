package io.homeport.tidiness;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * One Java file of the project as javac parses it.
 *
 * @param path on disk
 * @param packageName its package
 * @param lines its text
 * @param types names of all types in it, nested ones too
 * @param imports fully qualified names it imports, static ones without the member
 * @param methods all methods and constructors
 */
record SourceFile(Path path, String packageName, List<String> lines, List<String> types, List<String> imports, List<Method> methods) {
    /** A method and how many lines it takes. */
    record Method(String name, long lineCount) {}

    /** Every Java file below the given roots' src directories; generated ones are not there. */
    static List<SourceFile> parseAll(List<Path> roots) {
        List<Path> paths = new ArrayList<>();
        for (Path root : roots) {
            try (Stream<Path> tree = Files.walk(root.resolve("src"))) {
                tree.filter(path -> path.toString().endsWith(".java")).sorted().forEach(paths::add);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(paths));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<SourceFile> parsed = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                parsed.add(of(unit, positions));
            }
            return parsed;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static SourceFile of(CompilationUnitTree unit, SourcePositions positions) throws IOException {
        Path path = Path.of(unit.getSourceFile().toUri());
        List<String> types = new ArrayList<>();
        List<Method> methods = new ArrayList<>();
        LineMap lineMap = unit.getLineMap();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitClass(ClassTree type, Void nothing) {
                types.add(type.getSimpleName().toString());
                return super.visitClass(type, nothing);
            }

            @Override
            public Void visitMethod(MethodTree method, Void nothing) {
                long first = positions.getStartPosition(unit, method);
                long last = positions.getEndPosition(unit, method);
                // A record's implicit constructor has no end.
                if (first >= 0 && last >= 0) {
                    methods.add(new Method(method.getName().toString(), lineMap.getLineNumber(last) - lineMap.getLineNumber(first) + 1));
                }
                return super.visitMethod(method, nothing);
            }
        }.scan(unit, null);
        List<String> imports = unit.getImports().stream().map(SourceFile::imported).toList();
        String packageName = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
        return new SourceFile(path, packageName, Files.readAllLines(path), types, imports, methods);
    }

    private static String imported(ImportTree tree) {
        String name = tree.getQualifiedIdentifier().toString();
        return tree.isStatic() ? name.substring(0, name.lastIndexOf('.')) : name;
    }

    boolean isMain() {
        return path.toString().contains("/src/main/");
    }

    /** Package of an imported type: the words before the first that begins with a capital letter. */
    static String packageOf(String imported) {
        StringBuilder name = new StringBuilder();
        for (String word : imported.split("\\.")) {
            if (Character.isUpperCase(word.charAt(0)) || word.equals("*")) {
                break;
            }
            name.append(name.isEmpty() ? "" : ".").append(word);
        }
        return name.toString();
    }
}
