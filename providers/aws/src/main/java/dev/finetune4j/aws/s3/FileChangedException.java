package dev.finetune4j.aws.s3;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not what it was when it was read first. */
final class FileChangedException extends IOException {
    private static final long serialVersionUID = 1L;

    FileChangedException(Path file) {
        super(file + " was changed while it was read");
    }
}
