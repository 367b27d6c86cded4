package dev.finetune4j.offlinecloud.wire;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of a request a signature of version 4 covers, in the one form that client and service agree on. Its texts have a char for each byte.
 *
 * @param method HTTP method
 * @param target path and query as they were sent
 * @param headers those that are signed: names in lower case to values in the order of arrival
 * @param payload SHA-256 of the body in hex, or the word that stands for it
 */
record CanonicalRequest(String method, RequestTarget target, SortedMap<String, List<String>> headers, String payload) {
    /** The parameter that holds the signature itself. */
    private static final String SIGNATURE = "X-Amz-Signature";

    /** How a service has its paths. */
    enum PathForm {
        /** S3's: a path is a name, whose slashes and dots mean nothing. */
        OF_KEYS,
        /** All others': without empty segments and dots, and encoded once more than it was sent. */
        OF_SEGMENTS
    }

    CanonicalRequest {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    /** The form itself: lines without an end of the last one. */
    String text(PathForm form) {
        return Stream.of(
                        Stream.of(method, path(form), query()),
                        headers.entrySet().stream().map(header -> header.getKey() + ":" + line(header.getValue())),
                        Stream.of("", signedHeaders(), payload))
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n"));
    }

    /** The names of the headers, as a signature lists them. */
    String signedHeaders() {
        return String.join(";", headers.keySet());
    }

    private String path(PathForm form) {
        String path = target.path().isEmpty() ? "/" : target.path();
        return switch (form) {
            case OF_KEYS -> encodeSegments(UriEncoding.decode(path));
            case OF_SEGMENTS -> encodeSegments(normal(path));
        };
    }

    private static String encodeSegments(String path) {
        return Stream.of(path.split("/", -1)).map(UriEncoding::encode).collect(Collectors.joining("/"));
    }

    private static String normal(String path) {
        Deque<String> segments = new ArrayDeque<>();
        for (String segment : path.split("/")) {
            if (segment.equals("..")) {
                segments.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        boolean isFolder = path.endsWith("/") && !segments.isEmpty();
        return "/" + String.join("/", segments) + (isFolder ? "/" : "");
    }

    private String query() {
        List<Map.Entry<String, String>> parameters = new ArrayList<>();
        for (String part : target.query().split("&")) {
            int equals = part.indexOf('=');
            String name = canonical(equals < 0 ? part : part.substring(0, equals));
            if (!part.isEmpty() && !name.equals(SIGNATURE)) {
                parameters.add(Map.entry(name, equals < 0 ? "" : canonical(part.substring(equals + 1))));
            }
        }
        parameters.sort(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
        return parameters.stream()
                .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                .collect(Collectors.joining("&"));
    }

    /** A plus of a query is a space. */
    private static String canonical(String sent) {
        return UriEncoding.encode(UriEncoding.decode(sent.replace('+', ' ')));
    }

    private static String line(List<String> values) {
        return values.stream()
                .map(value -> value.strip().replaceAll("\\s+", " "))
                .collect(Collectors.joining(","));
    }
}
