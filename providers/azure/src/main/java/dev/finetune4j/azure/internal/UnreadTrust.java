package dev.finetune4j.azure.internal;

import java.io.IOException;
import java.io.UncheckedIOException;

/** That nobody can be asked, since the certificates that are to be believed cannot be read here; its message is a sentence. */
final class UnreadTrust extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    UnreadTrust(IOException failure) {
        super(failure.getMessage(), failure);
    }
}
