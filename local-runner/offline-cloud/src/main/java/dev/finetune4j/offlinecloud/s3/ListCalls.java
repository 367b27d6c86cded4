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

/** Listing objects and their versions, page by page. */
final class ListCalls {
    static final int PAGE = 1000;
    static final String ONLY_VERSION = "null";
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
        String token = request.parameter("continuation-token").orElse("");
        String after = request.parameter("start-after").orElse("");
        ListQuery query = ListQuery.of(request, token.isEmpty() ? after : key(token));
        ListQuery.Page page = query.page(bucket);
        List<Xml> all = head(bucket, query, page);
        all.add(Xml.of(
                "KeyCount",
                Integer.toString(page.objects().size() + page.groups().size())));
        request.parameter("continuation-token").ifPresent(told -> all.add(Xml.of("ContinuationToken", told)));
        request.parameter("start-after").ifPresent(key -> all.add(Xml.of("StartAfter", query.encoded(key))));
        if (page.hasMore()) {
            all.add(Xml.of("NextContinuationToken", token(page.last())));
        }
        boolean wantsOwner =
                Boolean.parseBoolean(request.parameter("fetch-owner").orElse("false"));
        page.objects().forEach(object -> all.add(entry(object, query, bucket, wantsOwner)));
        addGroups(all, query, page);
        return S3Call.xml(Xml.of("ListBucketResult", all));
    }

    /** The first version of it, which boto3's resources still ask for: a page begins after a key, and a token is needed for none. */
    static Answer objectsAfterMarker(S3Request request, Bucket bucket) throws ServiceError {
        String marker = request.parameter("marker").orElse("");
        ListQuery query = ListQuery.of(request, marker);
        ListQuery.Page page = query.page(bucket);
        List<Xml> all = head(bucket, query, page);
        all.add(Xml.of("Marker", query.encoded(marker)));
        if (page.hasMore() && !query.delimiter().isEmpty()) {
            all.add(Xml.of("NextMarker", query.encoded(page.last())));
        }
        page.objects().forEach(object -> all.add(entry(object, query, bucket, true)));
        addGroups(all, query, page);
        return S3Call.xml(Xml.of("ListBucketResult", all));
    }

    /** In buckets that keep no versions each object has one, which is called null. */
    static Answer versions(S3Request request, Bucket bucket) throws ServiceError {
        String marker = request.parameter("key-marker").orElse("");
        ListQuery query = ListQuery.of(request, marker);
        ListQuery.Page page = query.page(bucket);
        List<Xml> all = head(bucket, query, page);
        all.add(Xml.of("KeyMarker", query.encoded(marker)));
        all.add(Xml.of("VersionIdMarker", request.parameter("version-id-marker").orElse("")));
        if (page.hasMore()) {
            all.add(Xml.of("NextKeyMarker", query.encoded(page.last())));
            all.add(Xml.of("NextVersionIdMarker", ONLY_VERSION));
        }
        for (StoredObject object : page.objects()) {
            List<Xml> version =
                    new ArrayList<>(entry(object, query, bucket, true).children());
            version.add(Xml.of("VersionId", ONLY_VERSION));
            version.add(Xml.of("IsLatest", "true"));
            all.add(Xml.of("Version", version));
        }
        addGroups(all, query, page);
        return S3Call.xml(Xml.of("ListVersionsResult", all));
    }

    private static List<Xml> head(Bucket bucket, ListQuery query, ListQuery.Page page) {
        List<Xml> head = new ArrayList<>(List.of(
                Xml.of("Name", bucket.name()),
                Xml.of("Prefix", query.encoded(query.prefix())),
                Xml.of("MaxKeys", Integer.toString(query.most())),
                Xml.of("IsTruncated", Boolean.toString(page.hasMore()))));
        if (!query.delimiter().isEmpty()) {
            head.add(Xml.of("Delimiter", query.encoded(query.delimiter())));
        }
        if (query.isEncoded()) {
            head.add(Xml.of("EncodingType", "url"));
        }
        return head;
    }

    private static void addGroups(List<Xml> all, ListQuery query, ListQuery.Page page) {
        page.groups()
                .forEach(group -> all.add(Xml.of("CommonPrefixes", List.of(Xml.of("Prefix", query.encoded(group))))));
    }

    private static Xml entry(StoredObject object, ListQuery query, Bucket bucket, boolean wantsOwner) {
        List<Xml> entry = new ArrayList<>(List.of(
                Xml.of("Key", query.encoded(object.key())),
                Xml.of("LastModified", time(object.modified())),
                Xml.of("ETag", S3Call.quoted(object.etag())),
                Xml.of("ChecksumAlgorithm", object.checksum().kind().name()),
                Xml.of("ChecksumType", object.checksum().type()),
                Xml.of("Size", Long.toString(object.size())),
                Xml.of("StorageClass", "STANDARD")));
        if (wantsOwner) {
            entry.add(Xml.of("Owner", List.of(Xml.of("ID", bucket.owner()))));
        }
        return Xml.of("Contents", entry);
    }

    private static String token(String last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    private static String key(String token) throws ServiceError {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw S3Errors.invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
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
