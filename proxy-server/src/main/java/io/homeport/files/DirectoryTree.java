package io.homeport.files;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Removes directories with all that is in them, links as links. Pure. */
public final class DirectoryTree {
    /** Each time somebody has made a file meanwhile: a program that works in it and has not been ended yet. */
    private static final int MOST_TRIES = 10;

    private DirectoryTree() {}

    /** Removes a directory or a file, be it there or not; others may be removing it, or parts of it, too. */
    public static void delete(Path top) throws IOException {
        for (int tries = 1; Files.exists(top); tries++) {
            try {
                Files.walkFileTree(top, new Removal());
                return;
            } catch (DirectoryNotEmptyException filled) {
                if (tries == MOST_TRIES) {
                    throw filled;
                }
            }
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
