package dev.finetune4j.training.durable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes beside, forces to disk, then renames. A reader sees the old content or the new one. The order (content, file, rename,
 * folder) follows <a href="https://www.usenix.org/conference/osdi14/technical-sessions/presentation/pillai">ALICE, OSDI 2014</a>:
 * a rename without the force before it may survive a crash that its content does not.
 */
public final class DurableFiles {
    /** Ending of what is being written and must not be read. */
    public static final String PARTIAL = ".partial";

    private DurableFiles() {}

    /**
     * Replaces a file's content.
     *
     * @throws IOException if the content could not be made durable; the old content is intact then
     */
    public static void write(Path file, String content) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + PARTIAL);
        Files.writeString(partial, content, StandardCharsets.UTF_8);
        force(partial);
        moveFile(partial, file);
    }

    /** Renames a complete, forced file to its final name, replacing what stood there. */
    public static void moveFile(Path complete, Path name) throws IOException {
        Files.move(complete, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder(folderOf(name));
    }

    /** Forces a file's content to the disk. */
    public static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Forces the names in a folder to the disk, where the system can open folders. */
    public static void forceFolder(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // Windows cannot open a folder; NTFS journals its names.
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Forces every file and folder below a folder, and the folder itself. */
    public static void forceTree(Path folder) throws IOException {
        for (Path path : walk(folder)) {
            if (Files.isDirectory(path)) {
                forceFolder(path);
            } else {
                force(path);
            }
        }
    }

    /** Renames a complete, forced folder to its final name; what stood there before is removed first. */
    public static void moveFolder(Path complete, Path name) throws IOException {
        deleteTree(name);
        Files.move(complete, name, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(folderOf(name));
    }

    /** Copies the files of a folder, subfolders included. */
    public static void copyTree(Path from, Path to) throws IOException {
        for (Path path : walk(from)) {
            Path target = to.resolve(from.relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(target);
            } else {
                Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Removes a file or folder with all it holds; nothing happens where there is none. */
    public static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** SHA-256 of a file, lower-case hex. */
    public static String sha256(Path file) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                sha.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Bytes of all files below a folder. */
    public static long size(Path folder) throws IOException {
        long bytes = 0;
        for (Path path : walk(folder)) {
            if (Files.isRegularFile(path)) {
                bytes = Math.addExact(bytes, Files.size(path));
            }
        }
        return bytes;
    }

    /** Whether an operation failed since no byte more may be written: the disk or a quota is full. */
    public static boolean isDiskFull(Throwable failure) {
        return isToldBy(failure, "No space left on device", "Disk quota exceeded", "not enough space");
    }

    /** Whether an operation failed since a file may become no larger: by {@code ulimit -f}, or by what the file system can hold. */
    public static boolean isFileTooLarge(Throwable failure) {
        return isToldBy(failure, "File too large");
    }

    private static boolean isToldBy(Throwable failure, String... words) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (cause instanceof IOException
                    && message != null
                    && Stream.of(words).anyMatch(message::contains)) {
                return true;
            }
        }
        return false;
    }

    private static List<Path> walk(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted().toList();
        }
    }

    private static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException("file must lie in a folder, was " + file);
        }
        return folder;
    }
}
