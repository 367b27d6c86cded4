package dev.finetune4j.error;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a file could not be read or written, in words that name no class. */
public final class FileReason {
    /** The remedy where {@link #isOfLocale}. */
    public static final String UTF8_LOCALE = "export LC_ALL=C.UTF-8";

    private static final String NOT_A_FOLDER = "a part of that path is a file where a folder should be";
    private static final int LAST_OF_ASCII = 127;
    private static final List<String> NO_SPACE = List.of("no space", "disk full", "disk quota", "quota exceeded");

    private FileReason() {}

    /** What an I/O failure means; of many the message is the path and nothing else, which is no reason. */
    public static String of(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (cause instanceof CharacterCodingException) {
            return "it is not UTF-8";
        }
        if (cause instanceof AccessDeniedException) {
            return "the current user may not access it";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "there is a file or folder of that name already";
        }
        if (cause instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (cause instanceof NotDirectoryException) {
            return NOT_A_FOLDER;
        }
        @Nullable String said = cause instanceof FileSystemException failure ? failure.getReason() : cause.getMessage();
        if (said == null || said.isBlank()) {
            return "the system gave no reason";
        }
        String lower = said.toLowerCase(Locale.ROOT);
        if (NO_SPACE.stream().anyMatch(lower::contains)) {
            return "no space is left on the disk";
        }
        return lower.endsWith("not a directory") ? NOT_A_FOLDER : said;
    }

    /** Why no file can have a name. */
    public static String of(InvalidPathException cause) {
        return isOfLocale(cause)
                ? "Java names files in the character set of the locale, which does not have all of its characters"
                : cause.getReason();
    }

    /** Whether it is the locale's character set that keeps files from a name: Java tells nothing of what it lacks. */
    public static boolean isOfLocale(InvalidPathException cause) {
        return cause.getInput().indexOf('\0') < 0
                && cause.getInput().chars().anyMatch(character -> character > LAST_OF_ASCII);
    }
}
