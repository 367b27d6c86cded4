package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What goes back to a client.
 *
 * @param status HTTP status
 * @param headers besides its length
 * @param length bytes of the body
 * @param body the bytes, read once and closed at the end
 */
public record Answer(int status, Map<String, String> headers, long length, InputStream body) implements AutoCloseable {
    private static final int NO_BODY = -1;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int CHUNK = 1 << 16;

    /** Copies the headers in their order. */
    public Answer {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** An answer without a body. */
    public static Answer empty(int status, Map<String, String> headers) {
        return new Answer(status, headers, 0, InputStream.nullInputStream());
    }

    /** An answer with a text. */
    public static Answer text(int status, String contentType, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Answer(status, Map.of("Content-Type", contentType), bytes.length, new ByteArrayInputStream(bytes));
    }

    /** An answer with a text and the id that every service but S3 gives its requests. */
    static Answer identified(int status, String contentType, String text) {
        return text(status, contentType, text)
                .with("x-amzn-RequestId", UUID.randomUUID().toString());
    }

    /** The same with a further header. */
    public Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, length, body);
    }

    /**
     * Sends it.
     *
     * @param most bytes of the body that are sent, whatever its head promises
     */
    void send(HttpExchange exchange, long most) throws IOException {
        headers.forEach(exchange.getResponseHeaders()::set);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
        }
        if (length == 0 || isWithoutBody(exchange)) {
            exchange.sendResponseHeaders(status, NO_BODY);
            return;
        }
        exchange.sendResponseHeaders(status, length);
        OutputStream to = exchange.getResponseBody();
        byte[] chunk = new byte[CHUNK];
        long left = Math.min(length, most);
        while (left > 0) {
            int read = body.read(chunk, 0, (int) Math.min(chunk.length, left));
            if (read < 0) {
                throw new IOException("the answer ends " + left + " bytes before its length of " + length);
            }
            to.write(chunk, 0, read);
            left -= read;
        }
        to.flush();
    }

    private boolean isWithoutBody(HttpExchange exchange) {
        return status == NO_CONTENT
                || status == NOT_MODIFIED
                || exchange.getRequestMethod().equals("HEAD");
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
