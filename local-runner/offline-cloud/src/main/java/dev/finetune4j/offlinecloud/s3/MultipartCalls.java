package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.s3.MultipartUpload.Part;
import dev.finetune4j.offlinecloud.s3.MultipartUpload.Proof;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Beginning, feeding and giving up uploads in parts. */
final class MultipartCalls {
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int MOST_PARTS = 10_000;
    private static final String ALGORITHM = "x-amz-checksum-algorithm";
    private static final String TYPE = "x-amz-checksum-type";

    private final Clock clock;

    MultipartCalls(Clock clock) {
        this.clock = clock;
    }

    Answer create(S3Request request, Bucket bucket) throws ServiceError {
        Map<String, String> headers = ObjectHeaders.of(request);
        Proof proof = proof(request);
        MultipartUpload upload = new MultipartUpload(
                UUID.randomUUID().toString().replace("-", ""),
                request.key(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                headers,
                ObjectHeaders.tags(request),
                proof,
                bucket.contents());
        bucket.add(upload);
        Answer answer = S3Call.xml(Xml.of(
                "InitiateMultipartUploadResult",
                List.of(
                        Xml.of("Bucket", bucket.name()),
                        Xml.of("Key", request.key()),
                        Xml.of("UploadId", upload.id()))));
        for (Map.Entry<String, String> header :
                ObjectHeaders.encryption(headers).entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
        }
        if (proof.isChosen()) {
            answer = answer.with(ALGORITHM, proof.kind().name()).with(TYPE, proof.type());
        }
        return answer;
    }

    private static Proof proof(S3Request request) throws ServiceError {
        Optional<String> algorithm = request.header(ALGORITHM);
        if (algorithm.isEmpty()) {
            return new Proof(ChecksumKind.CRC64NVME, false, false);
        }
        ChecksumKind kind = ChecksumKind.named(algorithm.get())
                .orElseThrow(() -> S3Errors.invalidRequest(
                        "Checksum algorithm provided is unsupported. Please try again with any of"
                                + " the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"));
        boolean isComposite = !request.header(TYPE)
                .orElse(kind.isForWhole() ? "FULL_OBJECT" : "COMPOSITE")
                .equals("FULL_OBJECT");
        if (isComposite ? kind.isForWhole() : kind.isForParts()) {
            throw S3Errors.invalidRequest("The " + (isComposite ? "COMPOSITE" : "FULL_OBJECT")
                    + " checksum type cannot be used with the " + kind.name().toLowerCase(Locale.ROOT)
                    + " checksum algorithm.");
        }
        return new Proof(kind, isComposite, true);
    }

    Answer uploadPart(S3Request request, Bucket bucket) throws ServiceError, IOException {
        int number = number(request);
        MultipartUpload upload = upload(request, bucket);
        IncomingContent incoming = new IncomingContent(request);
        ChecksumKind wanted = upload.proof().kind();
        Optional<ChecksumKind> told = incoming.announced();
        if (upload.proof().isChosen() && told.isPresent() && told.get() != wanted) {
            throw S3Errors.invalidRequest("Checksum Type mismatch occurred, expected checksum Type: "
                    + wanted.name().toLowerCase(Locale.ROOT) + ", actual checksum Type: "
                    + told.get().name().toLowerCase(Locale.ROOT));
        }
        ChecksumKind kind = upload.proof().isChosen() ? wanted : told.orElse(wanted);
        Content content = incoming.take(bucket.contents(), kind);
        Part part = Part.of(number, content, kind, clock.instant());
        upload.add(part);
        Map<String, String> answer = new LinkedHashMap<>(ObjectHeaders.encryption(upload.headers()));
        answer.put("ETag", S3Call.quoted(part.etag()));
        told.ifPresent(sent -> answer.put(sent.header(), part.checksum().value()));
        return Answer.empty(OK, answer);
    }

    static int number(S3Request request) throws ServiceError {
        return request.number("partNumber", 0, 1, MOST_PARTS);
    }

    Answer listParts(S3Request request, Bucket bucket) throws ServiceError {
        MultipartUpload upload = upload(request, bucket);
        int most = request.number("max-parts", ListCalls.PAGE, 0, Integer.MAX_VALUE);
        int marker = request.number("part-number-marker", 0, 0, MOST_PARTS);
        List<Part> after =
                upload.parts().stream().filter(part -> part.number() > marker).toList();
        List<Part> page = after.stream().limit(Math.min(most, ListCalls.PAGE)).toList();
        List<Xml> all = new ArrayList<>(List.of(
                Xml.of("Bucket", bucket.name()),
                Xml.of("Key", upload.key()),
                Xml.of("UploadId", upload.id()),
                Xml.of("PartNumberMarker", Integer.toString(marker)),
                Xml.of(
                        "NextPartNumberMarker",
                        Integer.toString(
                                page.isEmpty() ? 0 : page.get(page.size() - 1).number())),
                Xml.of("MaxParts", Integer.toString(Math.min(most, ListCalls.PAGE))),
                Xml.of("IsTruncated", Boolean.toString(page.size() < after.size())),
                Xml.of("StorageClass", "STANDARD")));
        all.addAll(proved(upload));
        page.forEach(part -> all.add(Xml.of(
                "Part",
                List.of(
                        Xml.of("PartNumber", Integer.toString(part.number())),
                        Xml.of("LastModified", ListCalls.time(part.modified())),
                        Xml.of("ETag", S3Call.quoted(part.etag())),
                        Xml.of("Size", Long.toString(part.size())),
                        Xml.of(part.checksum().kind().element(), part.checksum().value())))));
        return S3Call.xml(Xml.of("ListPartsResult", all));
    }

    Answer listUploads(S3Request request, Bucket bucket) throws ServiceError {
        boolean isUrl = ListCalls.isUrl(request);
        String prefix = request.parameter("prefix").orElse("");
        String keyMarker = request.parameter("key-marker").orElse("");
        String idMarker = request.parameter("upload-id-marker").orElse("");
        int most = Math.min(ListCalls.PAGE, request.number("max-uploads", ListCalls.PAGE, 0, Integer.MAX_VALUE));
        List<MultipartUpload> after = bucket.uploads().stream()
                .filter(upload -> upload.key().startsWith(prefix) && isAfter(upload, keyMarker, idMarker))
                .toList();
        List<MultipartUpload> page = after.stream().limit(most).toList();
        boolean isTruncated = page.size() < after.size();
        List<Xml> all = new ArrayList<>(List.of(
                Xml.of("Bucket", bucket.name()),
                Xml.of("KeyMarker", isUrl ? ListCalls.encode(keyMarker) : keyMarker),
                Xml.of("UploadIdMarker", idMarker),
                Xml.of("Prefix", isUrl ? ListCalls.encode(prefix) : prefix),
                Xml.of("MaxUploads", Integer.toString(most)),
                Xml.of("IsTruncated", Boolean.toString(isTruncated))));
        if (isUrl) {
            all.add(Xml.of("EncodingType", "url"));
        }
        if (isTruncated && !page.isEmpty()) {
            MultipartUpload last = page.get(page.size() - 1);
            all.add(Xml.of("NextKeyMarker", isUrl ? ListCalls.encode(last.key()) : last.key()));
            all.add(Xml.of("NextUploadIdMarker", last.id()));
        }
        page.forEach(upload -> all.add(entry(upload, isUrl)));
        return S3Call.xml(Xml.of("ListMultipartUploadsResult", all));
    }

    private static Xml entry(MultipartUpload upload, boolean isUrl) {
        List<Xml> entry = new ArrayList<>(List.of(
                Xml.of("Key", isUrl ? ListCalls.encode(upload.key()) : upload.key()),
                Xml.of("UploadId", upload.id()),
                Xml.of("Initiated", ListCalls.time(upload.begun())),
                Xml.of("StorageClass", "STANDARD")));
        entry.addAll(proved(upload));
        return Xml.of("Upload", entry);
    }

    private static List<Xml> proved(MultipartUpload upload) {
        return upload.proof().isChosen()
                ? List.of(
                        Xml.of("ChecksumAlgorithm", upload.proof().kind().name()),
                        Xml.of("ChecksumType", upload.proof().type()))
                : List.of();
    }

    /** Without an upload to begin after, uploads of the marker's own key are passed over. */
    private static boolean isAfter(MultipartUpload upload, String keyMarker, String idMarker) {
        int order = Bucket.BY_BYTES.compare(upload.key(), keyMarker);
        return keyMarker.isEmpty()
                || order > 0
                || (order == 0 && !idMarker.isEmpty() && upload.id().compareTo(idMarker) > 0);
    }

    Answer abort(S3Request request, Bucket bucket) throws ServiceError {
        bucket.end(upload(request, bucket));
        return Answer.empty(NO_CONTENT, Map.of());
    }

    static MultipartUpload upload(S3Request request, Bucket bucket) throws ServiceError {
        return bucket.upload(request.parameter("uploadId").orElse(""), request.key());
    }
}
