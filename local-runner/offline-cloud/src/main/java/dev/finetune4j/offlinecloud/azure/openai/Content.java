package dev.finetune4j.offlinecloud.azure.openai;

import java.nio.charset.StandardCharsets;

/** Bytes of a request or of a part of one, which nobody changes. */
final class Content {
    private final byte[] bytes;

    Content(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The bytes as UTF-8. */
    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
