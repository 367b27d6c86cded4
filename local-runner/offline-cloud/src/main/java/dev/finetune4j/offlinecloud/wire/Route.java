package dev.finetune4j.offlinecloud.wire;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Where a REST service has an operation.
 *
 * @param method of HTTP
 * @param requestUri the path, with a label in braces for each part that a request fills in
 * @param responseCode HTTP status of an answer
 */
public record Route(String method, String requestUri, int responseCode) {
    /**
     * A request that goes to an operation.
     *
     * @param operation its name
     * @param labels what the request has in place of each label, decoded
     */
    public record Match(String operation, Map<String, String> labels) {}

    /** Whether a request goes here. A label takes one part of the path, whose slashes are encoded. */
    Optional<Match> match(String operation, String requestMethod, String rawPath) {
        return match(operation, requestMethod, rawPath, String::equals);
    }

    /** The same where the service does not mind the size of letters. */
    public Optional<Match> matchIgnoringCase(String operation, String requestMethod, String rawPath) {
        return match(operation, requestMethod, rawPath, String::equalsIgnoreCase);
    }

    private Optional<Match> match(
            String operation, String requestMethod, String rawPath, BiPredicate<String, String> same) {
        String[] wanted = requestUri.split("/");
        String[] given = rawPath.split("/");
        if (!method.equals(requestMethod) || wanted.length != given.length) {
            return Optional.empty();
        }
        Map<String, String> labels = new LinkedHashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                labels.put(wanted[i].substring(1, wanted[i].length() - 1), decode(given[i]));
            } else if (!same.test(wanted[i], given[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(new Match(operation, labels));
    }

    /** Text of a path or query without its escapes; a plus stands for itself. */
    public static String decode(String raw) {
        return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
