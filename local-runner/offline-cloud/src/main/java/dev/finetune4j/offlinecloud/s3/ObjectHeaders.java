package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a client says about an object when it stores it, and gets back whenever it asks for the object. */
final class ObjectHeaders {
    static final String ENCRYPTION = "x-amz-server-side-encryption";
    /** Parameters that say which headers an answer is to have instead of what is kept, for who opens an address in a browser. */
    static final Map<String, String> OVERRIDES = Map.of(
            "response-content-type", "content-type",
            "response-content-language", "content-language",
            "response-expires", "expires",
            "response-cache-control", "cache-control",
            "response-content-disposition", "content-disposition",
            "response-content-encoding", "content-encoding");

    private static final int BAD_REQUEST = 400;
    private static final int MOST_METADATA_BYTES = 2048;
    private static final int MOST_TAGS = 10;
    private static final String METADATA = "x-amz-meta-";
    private static final List<String> KEPT = List.of(
            "cache-control",
            "content-disposition",
            "content-language",
            "expires",
            ENCRYPTION,
            ENCRYPTION + "-aws-kms-key-id",
            ENCRYPTION + "-bucket-key-enabled");
    private static final List<String> UNSUPPORTED = List.of(
            ENCRYPTION + "-customer-",
            "x-amz-copy-source-server-side-encryption-customer-",
            "x-amz-object-lock-",
            "x-amz-grant-",
            "x-amz-write-offset-");

    private ObjectHeaders() {}

    /** The headers to keep. */
    static Map<String, String> of(S3Request request) throws ServiceError {
        Map<String, String> kept = new LinkedHashMap<>();
        kept.put("content-type", request.header("content-type").orElse("binary/octet-stream"));
        kept.put(ENCRYPTION, "AES256"); // the service encrypts everything
        int metadata = 0;
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            String name = header.getKey();
            if (UNSUPPORTED.stream().anyMatch(name::startsWith)) {
                throw S3Errors.notImplemented(name);
            }
            if (name.startsWith(METADATA)) {
                metadata += bytes(name.substring(METADATA.length())) + bytes(header.getValue());
            }
            if (name.startsWith(METADATA) || KEPT.contains(name)) {
                kept.put(name, header.getValue());
            }
        }
        if (metadata > MOST_METADATA_BYTES) {
            throw new ServiceError(
                            BAD_REQUEST,
                            "MetadataTooLarge",
                            "Your metadata headers exceed the maximum allowed metadata size")
                    .with("Size", Integer.toString(metadata))
                    .with("MaxSizeAllowed", Integer.toString(MOST_METADATA_BYTES));
        }
        keepEncoding(request, kept);
        return kept;
    }

    /** How the content came is not how it is encoded. */
    private static void keepEncoding(S3Request request, Map<String, String> kept) {
        String encoding = Arrays.stream(
                        request.header("content-encoding").orElse("").split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty() && !part.equals("aws-chunked"))
                .collect(Collectors.joining(","));
        if (!encoding.isEmpty()) {
            kept.put("content-encoding", encoding);
        }
    }

    /** The headers about encryption among those of an object, which every answer about it has. */
    static Map<String, String> encryption(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().startsWith(ENCRYPTION))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The tags that come with an object. */
    static Map<String, String> tags(S3Request request) throws ServiceError {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String pair : request.header("x-amz-tagging").orElse("").split("&")) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                tags.put(S3Address.decode(name.replace('+', ' ')), S3Address.decode(value.replace('+', ' ')));
            }
        }
        return checked(tags);
    }

    static Map<String, String> checked(Map<String, String> tags) throws ServiceError {
        if (tags.size() > MOST_TAGS) {
            throw new ServiceError(BAD_REQUEST, "BadRequest", "Object tags cannot be greater than " + MOST_TAGS);
        }
        return tags;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
