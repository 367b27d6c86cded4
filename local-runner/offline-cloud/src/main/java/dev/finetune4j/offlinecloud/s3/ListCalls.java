package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Listing objects, page by page. */
final class ListCalls {
    static final int PAGE = 1000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private ListCalls() {}

    static String time(Instant at) {
        return TIME.format(at);
    }

    static Answer objects(S3Request request, Bucket bucket) throws ServiceError {
        if (!request.parameter("list-type").equals(Optional.of("2"))) {
            throw S3Errors.invalidArgument("Invalid List Type specified in Query", "list-type", "1");
        }
        Query query = Query.of(request);
        Page page = page(bucket, query);
        List<Xml> all = new ArrayList<>();
        all.add(Xml.of("Name", bucket.name()));
        all.add(Xml.of("Prefix", query.encoded(query.prefix())));
        all.add(Xml.of("MaxKeys", Integer.toString(query.most())));
        all.add(Xml.of(
                "KeyCount",
                Integer.toString(page.objects().size() + page.groups().size())));
        all.add(Xml.of("IsTruncated", Boolean.toString(page.hasMore())));
        if (!query.delimiter().isEmpty()) {
            all.add(Xml.of("Delimiter", query.encoded(query.delimiter())));
        }
        if (query.isEncoded()) {
            all.add(Xml.of("EncodingType", "url"));
        }
        request.parameter("continuation-token").ifPresent(token -> all.add(Xml.of("ContinuationToken", token)));
        request.parameter("start-after").ifPresent(key -> all.add(Xml.of("StartAfter", query.encoded(key))));
        if (page.hasMore()) {
            all.add(Xml.of("NextContinuationToken", token(page.last())));
        }
        page.objects().forEach(object -> all.add(entry(object, query, bucket)));
        page.groups()
                .forEach(group -> all.add(Xml.of("CommonPrefixes", List.of(Xml.of("Prefix", query.encoded(group))))));
        return S3Call.xml(Xml.of("ListBucketResult", all));
    }

    private static Xml entry(StoredObject object, Query query, Bucket bucket) {
        List<Xml> entry = new ArrayList<>(List.of(
                Xml.of("Key", query.encoded(object.key())),
                Xml.of("LastModified", time(object.modified())),
                Xml.of("ETag", S3Call.quoted(object.etag())),
                Xml.of("ChecksumAlgorithm", object.checksum().kind().name()),
                Xml.of("ChecksumType", object.checksum().type()),
                Xml.of("Size", Long.toString(object.size())),
                Xml.of("StorageClass", "STANDARD")));
        if (query.wantsOwner()) {
            entry.add(Xml.of("Owner", List.of(Xml.of("ID", bucket.owner()))));
        }
        return Xml.of("Contents", entry);
    }

    /** As many as fit on a page; keys with the delimiter after the prefix count once for each group. */
    private static Page page(Bucket bucket, Query query) {
        List<StoredObject> objects = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        String last = query.after();
        for (StoredObject object : bucket.after(query.after(), query.prefix())) {
            String group = query.groupOf(object.key());
            if (!group.isEmpty() && Bucket.BY_BYTES.compare(group, last) <= 0) {
                continue; // told already, or before what the list begins after
            }
            if (objects.size() + groups.size() == query.most()) {
                return new Page(objects, groups, query.most() > 0, last);
            }
            if (group.isEmpty()) {
                objects.add(object);
                last = object.key();
            } else {
                groups.add(group);
                last = group;
            }
        }
        return new Page(objects, groups, false, last);
    }

    private static String token(String last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    private record Page(List<StoredObject> objects, List<String> groups, boolean hasMore, String last) {}

    /** What is listed, and how. */
    private record Query(
            String prefix, String delimiter, int most, String after, boolean isEncoded, boolean wantsOwner) {
        static Query of(S3Request request) throws ServiceError {
            String token = request.parameter("continuation-token").orElse("");
            String after = request.parameter("start-after").orElse("");
            return new Query(
                    request.parameter("prefix").orElse(""),
                    request.parameter("delimiter").orElse(""),
                    Math.min(PAGE, request.number("max-keys", PAGE, 0, Integer.MAX_VALUE)),
                    token.isEmpty() ? after : key(token),
                    isUrl(request),
                    Boolean.parseBoolean(request.parameter("fetch-owner").orElse("false")));
        }

        private static String key(String token) throws ServiceError {
            try {
                return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw S3Errors.invalidArgument(
                        "The continuation token provided is incorrect", "continuation-token", token);
            }
        }

        String groupOf(String key) {
            int at = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            return at < 0 ? "" : key.substring(0, at + delimiter.length());
        }

        String encoded(String text) {
            return isEncoded ? encode(text) : text;
        }
    }

    /** Whether names are to be percent-encoded, since XML cannot hold all of them. */
    static boolean isUrl(S3Request request) throws ServiceError {
        String type = request.parameter("encoding-type").orElse("");
        if (!type.isEmpty() && !type.equals("url")) {
            throw S3Errors.invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", type);
        }
        return !type.isEmpty();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
