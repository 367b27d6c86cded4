package dev.finetune4j.offlinecloud.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder whose files are stored as they change. Used by one thread. */
public final class SavedFolder {
    private final Path folder;
    private final Store store;
    private final Map<Path, String> saved = new HashMap<>();

    /** Where files go. */
    @FunctionalInterface
    public interface Store {
        /** Stores a file under a name that is its path below the folder. */
        void upload(Path file, String name) throws IOException;

        /** Told of a file that was stored and is gone; keeps what was stored unless it says otherwise. */
        default void remove(String name) throws IOException {
            // kept
        }
    }

    /** A folder of which nothing is stored so far. */
    public SavedFolder(Path folder, Store store) {
        this.folder = folder;
        this.store = store;
    }

    /** What is in the folder now came from the store. */
    public void settle() throws IOException {
        for (Path file : files(folder)) {
            saved.put(file, version(file));
        }
    }

    /** Stores what is new since the last time. */
    public void save() throws IOException {
        List<Path> files = files(folder);
        for (Path file : List.copyOf(saved.keySet())) {
            if (!files.contains(file)) {
                saved.remove(file);
                store.remove(name(file));
            }
        }
        for (Path file : files) {
            saveIfNew(file);
        }
    }

    /** A file may be replaced or removed while we look; the next look sees what became of it. */
    private void saveIfNew(Path file) throws IOException {
        try {
            String version = version(file);
            if (!version.equals(saved.get(file))) {
                store.upload(file, name(file));
                saved.put(file, version);
            }
        } catch (NoSuchFileException e) {
            // gone by now
        }
    }

    private static String version(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    }

    private String name(Path file) {
        return folder.relativize(file).toString();
    }

    /** The files below a folder; none where there is no folder. */
    public static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return List.of(); // removed while we looked
            }
            throw e.getCause();
        }
    }
}
