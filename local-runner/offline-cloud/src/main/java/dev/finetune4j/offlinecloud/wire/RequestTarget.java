package dev.finetune4j.offlinecloud.wire;

import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.util.Optional;

/**
 * What a request's first line asks for, as it was sent. The JDK's server takes what stands between two slashes at the beginning for a host,
 * where it is the start of a path.
 *
 * @param path percent-encoded
 * @param query percent-encoded, without its question mark; empty where there is none
 */
public record RequestTarget(String path, String query) {
    /** The target of a request. */
    public static RequestTarget of(HttpExchange exchange) {
        URI uri = exchange.getRequestURI();
        String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
        String path = uri.toString().startsWith("/") ? uri.toString().replaceFirst("[?#].*", "") : uri.getRawPath();
        return new RequestTarget(path, query);
    }
}
