package dev.finetune4j.azure.openai;

import com.azure.core.util.BinaryData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A form with one file in it, which lies in a file of its own, so that no memory holds it. The file's part has a type: Azure refuses one without. */
final class Form implements AutoCloseable {
    private final String boundary = "finetune4j-" + UUID.randomUUID();
    private final Path body;

    private Form(Path body) {
        this.body = body;
    }

    /**
     * A file for tuning.
     *
     * @param name what the service is to call it
     * @throws IOException if a file cannot be read or written
     */
    static Form ofFile(String name, Path content) throws IOException {
        Form form = new Form(Files.createTempFile("finetune4j-form-", ""));
        try (OutputStream to = Files.newOutputStream(form.body)) {
            form.write(to, "Content-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n");
            form.begin(to, "file", name);
            Files.copy(content, to);
            form.end(to);
        }
        return form;
    }

    /**
     * A part of a file.
     *
     * @throws IOException if a file cannot be written
     */
    static Form ofPart(byte[] content, int length) throws IOException {
        Form form = new Form(Files.createTempFile("finetune4j-form-", ""));
        try (OutputStream to = Files.newOutputStream(form.body)) {
            form.begin(to, "data", "part");
            to.write(content, 0, length);
            form.end(to);
        }
        return form;
    }

    private void begin(OutputStream to, String field, String name) throws IOException {
        write(
                to,
                "Content-Disposition: form-data; name=\"" + field + "\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    }

    private void write(OutputStream to, String part) throws IOException {
        to.write(("--" + boundary + "\r\n" + part).getBytes(StandardCharsets.UTF_8));
    }

    private void end(OutputStream to) throws IOException {
        to.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    BinaryData body() {
        return BinaryData.fromFile(body);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(body);
    }
}
