package dev.finetune4j.engine.data.source;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A download that did not succeed. The message says why in words for a person and holds no secret. */
public final class DownloadException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    DownloadException(String reason, int status, @Nullable Throwable cause) {
        super(reason, cause);
        this.status = status;
    }

    /** The server's last status, or 0 where there was none. */
    public int status() {
        return status;
    }
}
