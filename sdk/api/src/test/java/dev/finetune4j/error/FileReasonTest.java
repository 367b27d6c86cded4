package dev.finetune4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class FileReasonTest {
    @Test
    void aPathAloneIsNoReason() {
        assertThat(FileReason.of(new NoSuchFileException("/nope/x.json"))).isEqualTo("there is no such file or folder");
        assertThat(FileReason.of(new AccessDeniedException("/root/x.json")))
                .isEqualTo("the current user may not access it");
        assertThat(FileReason.of(new FileAlreadyExistsException("/x")))
                .isEqualTo("there is a file or folder of that name already");
        assertThat(FileReason.of(new NotDirectoryException("/x")))
                .isEqualTo("a part of that path is a file where a folder should be");
        assertThat(FileReason.of(new DirectoryNotEmptyException("/x"))).isEqualTo("the folder is not empty");
        assertThat(FileReason.of(new FileSystemException("/x"))).isEqualTo("the system gave no reason");
        assertThat(FileReason.of(new IOException())).isEqualTo("the system gave no reason");
    }

    @Test
    void aNameThatTheLocaleDoesNotHaveIsToldApartFromOneThatNoFileCanHave() {
        InvalidPathException foreign = new InvalidPathException("t\u00efckets.jsonl", "Malformed input");
        InvalidPathException impossible = new InvalidPathException("a\u0000b", "Nul character not allowed");

        assertThat(FileReason.isOfLocale(foreign)).isTrue();
        assertThat(FileReason.of(foreign)).contains("character set of the locale");
        assertThat(FileReason.isOfLocale(impossible)).isFalse();
        assertThat(FileReason.of(impossible)).isEqualTo("Nul character not allowed");
        assertThat(FileReason.isOfLocale(new InvalidPathException("t\u00efckets\u0000", "Nul character not allowed")))
                .isFalse();
    }

    @Test
    void saysWhatTheSystemSaidWithoutThePath() {
        assertThat(FileReason.of(new FileSystemException("/x", null, "Read-only file system")))
                .isEqualTo("Read-only file system");
        assertThat(FileReason.of(new FileSystemException("/x/y", null, "Not a directory")))
                .isEqualTo("a part of that path is a file where a folder should be");
        assertThat(FileReason.of(new IOException("No space left on device"))).isEqualTo("no space is left on the disk");
        assertThat(FileReason.of(new FileSystemException("/x", null, "Disk quota exceeded")))
                .isEqualTo("no space is left on the disk");
        assertThat(FileReason.of(new IOException("/data/quota/x.zip: invalid header")))
                .isEqualTo("/data/quota/x.zip: invalid header");
        assertThat(FileReason.of(new MalformedInputException(1))).isEqualTo("it is not UTF-8");
    }
}
