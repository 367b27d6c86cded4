package dev.finetune4j.offlinecloud.s3;

import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.offlinecloud.wire.RequestTarget;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request as S3 sees it.
 *
 * @param method HTTP method
 * @param address what it is about
 * @param query parameters without those of a signature; those without a value have an empty one
 * @param headers names in lower case to the first value of each
 * @param body what is sent, encoded as it comes
 */
record S3Request(
        String method, S3Address address, Map<String, String> query, Map<String, String> headers, InputStream body) {

    /** @throws ServiceError if its address cannot be read */
    static S3Request of(HttpExchange exchange) throws ServiceError {
        Map<String, String> query = query(exchange);
        Map<String, String> headers = new TreeMap<>(Presigned.headers(query));
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        return new S3Request(
                exchange.getRequestMethod(),
                S3Address.of(
                        headers.getOrDefault("host", ""),
                        RequestTarget.of(exchange).path()),
                Presigned.asked(query),
                headers,
                exchange.getRequestBody());
    }

    /** All parameters of a request, those of its signature too. */
    static Map<String, String> query(HttpExchange exchange) throws ServiceError {
        Map<String, String> query = new LinkedHashMap<>();
        for (String part : RequestTarget.of(exchange).query().split("&")) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            String value = equals < 0 ? "" : part.substring(equals + 1);
            if (!name.isEmpty()) {
                query.put(S3Address.decode(plus(name)), S3Address.decode(plus(value)));
            }
        }
        return query;
    }

    private static String plus(String text) {
        return text.replace('+', ' ');
    }

    String bucket() {
        return address.bucket();
    }

    String key() {
        return address.key();
    }

    /** The token of the caller's session; empty for the account's own user. */
    String session() {
        return headers.getOrDefault("x-amz-security-token", "");
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** A parameter that is a number, or what it is where nothing is said. */
    int number(String name, int otherwise, int least, int most) throws ServiceError {
        String text = query.get(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw S3Errors.invalidArgument("Provided " + name + " not an integer or within integer range", name, text);
        }
        throw S3Errors.invalidArgument(
                "Argument " + name + " must be an integer between " + least + " and " + most, name, text);
    }
}
