package dev.finetune4j.error;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a file could not be read or written, in words that name no class. */
public final class FileReason {
    private static final String NOT_A_FOLDER = "a part of that path is a file where a folder should be";
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
}
