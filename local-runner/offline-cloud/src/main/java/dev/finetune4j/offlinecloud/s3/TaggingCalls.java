package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tags of objects. */
final class TaggingCalls {
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private TaggingCalls() {}

    static Answer put(S3Request request, Bucket bucket) throws ServiceError {
        Map<String, String> tags = new LinkedHashMap<>();
        List<Xml> sets = Xml.read(request.body()).all("TagSet");
        if (sets.size() != 1) {
            throw Xml.malformed();
        }
        for (Xml tag : sets.get(0).all("Tag")) {
            tags.put(tag.textOf("Key"), tag.textOf("Value"));
        }
        bucket.tag(request.key(), ObjectHeaders.checked(tags));
        return Answer.empty(OK, Map.of());
    }

    static Answer get(S3Request request, Bucket bucket) throws ServiceError {
        List<Xml> tags = bucket.get(request.key()).tags().entrySet().stream()
                .map(tag -> Xml.of("Tag", List.of(Xml.of("Key", tag.getKey()), Xml.of("Value", tag.getValue()))))
                .toList();
        return S3Call.xml(Xml.of("Tagging", List.of(Xml.of("TagSet", tags))));
    }

    static Answer delete(S3Request request, Bucket bucket) throws ServiceError {
        bucket.tag(request.key(), Map.of());
        return Answer.empty(NO_CONTENT, Map.of());
    }
}
