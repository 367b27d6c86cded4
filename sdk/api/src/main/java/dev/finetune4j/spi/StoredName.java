package dev.finetune4j.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of files in a cloud's store. They come from whoever could write there, so that none may lead out of the folder that it is fetched to. */
public final class StoredName {
    private StoredName() {}

    /**
     * The file that a name becomes.
     *
     * @param folder that it is fetched to
     * @param name with slashes between its parts
     * @throws IllegalArgumentException with why it is none for a file below the folder
     */
    public static Path below(Path folder, String name) {
        Path file = folder;
        for (String part : name.split("/", -1)) {
            file = child(file, part);
        }
        return file;
    }

    private static Path child(Path folder, String part) {
        if (part.isEmpty() || part.equals(".") || part.equals("..")) {
            throw new IllegalArgumentException("'" + part + "' is no name");
        }
        if (part.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("it has control characters");
        }
        try {
            Path name = folder.getFileSystem().getPath(part);
            Path file = folder.resolve(name);
            if (!name.isAbsolute() && name.getNameCount() == 1 && folder.equals(file.getParent())) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("this machine's files cannot be called '" + printable(part) + "'", e);
        }
        throw new IllegalArgumentException("'" + printable(part) + "' is not one name on this machine");
    }

    /** A name as it may go to a terminal. */
    public static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
