package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What is known about an object, as far as it is asked for. */
final class AttributesCall {
    private static final Set<String> KNOWN = Set.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize");

    private AttributesCall() {}

    static Answer answer(S3Request request, Bucket bucket) throws ServiceError {
        ObjectCalls.checkVersion(request);
        String told = request.header("x-amz-object-attributes").orElse("");
        Set<String> wanted = Arrays.stream(told.split(",")).map(String::strip).collect(Collectors.toSet());
        if (!KNOWN.containsAll(wanted)) {
            throw S3Errors.invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", told);
        }
        StoredObject object = bucket.get(request.key());
        ContentChecksum checksum = object.checksum();
        int hyphen = object.etag().indexOf('-');
        List<Xml> all = new ArrayList<>();
        if (wanted.contains("ETag")) {
            all.add(Xml.of("ETag", object.etag()));
        }
        if (wanted.contains("Checksum")) {
            all.add(Xml.of(
                    "Checksum",
                    List.of(
                            Xml.of(checksum.kind().element(), checksum.value()),
                            Xml.of("ChecksumType", checksum.type()))));
        }
        if (wanted.contains("ObjectParts") && hyphen > 0) {
            all.add(Xml.of(
                    "ObjectParts", List.of(Xml.of("PartsCount", object.etag().substring(hyphen + 1)))));
        }
        if (wanted.contains("StorageClass")) {
            all.add(Xml.of("StorageClass", "STANDARD"));
        }
        if (wanted.contains("ObjectSize")) {
            all.add(Xml.of("ObjectSize", Long.toString(object.size())));
        }
        return S3Call.xml(Xml.of("GetObjectAttributesResponse", all))
                .with("Last-Modified", Conditions.HTTP_DATE.format(object.modified()));
    }
}
