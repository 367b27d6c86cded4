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
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Putting the parts of an upload together to one object. */
final class CompleteCall implements S3Call {
    private static final int BAD_REQUEST = 400;
    private static final long LEAST_PART_BYTES = 5L << 20;

    private final Clock clock;

    CompleteCall(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Answer answer(S3Request request, Bucket bucket) throws ServiceError, IOException {
        Bucket.Condition condition = Conditions.ofWrite(request);
        MultipartUpload upload = MultipartCalls.upload(request, bucket);
        List<Part> parts = parts(Xml.read(request.body()), upload);
        condition.check(bucket.find(request.key())); // before all the bytes are read; again when they have been
        Content whole = upload.assemble(parts);
        StoredObject object = new StoredObject(
                upload.key(),
                whole.file(),
                whole.size(),
                MultipartUpload.etag(parts),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                upload.headers(),
                upload.tags(),
                upload.checksum(parts, whole));
        bucket.put(object, condition);
        bucket.end(upload);
        return S3Call.xml(Xml.of(
                "CompleteMultipartUploadResult",
                List.of(
                        Xml.of("Location", "/" + bucket.name() + "/" + object.key()),
                        Xml.of("Bucket", bucket.name()),
                        Xml.of("Key", object.key()),
                        Xml.of("ETag", S3Call.quoted(object.etag())),
                        Xml.of(
                                object.checksum().kind().element(),
                                object.checksum().value()),
                        Xml.of("ChecksumType", object.checksum().type()))));
    }

    /** The parts that the client names, if they are here and may be put together. */
    private static List<Part> parts(Xml document, MultipartUpload upload) throws ServiceError {
        List<Xml> named = document.all("Part");
        if (!document.name().equals("CompleteMultipartUpload") || named.isEmpty()) {
            throw Xml.malformed();
        }
        List<Part> parts = new ArrayList<>();
        int before = 0;
        for (Xml told : named) {
            int number = number(told);
            if (number <= before) {
                throw new ServiceError(
                        BAD_REQUEST,
                        "InvalidPartOrder",
                        "The list of parts was not in ascending order. Parts must be ordered by part number.");
            }
            before = number;
            parts.add(part(told, number, upload));
        }
        for (Part part : parts.subList(0, parts.size() - 1)) {
            if (part.size() < LEAST_PART_BYTES) {
                throw new ServiceError(
                                BAD_REQUEST,
                                "EntityTooSmall",
                                "Your proposed upload is smaller than the minimum allowed size")
                        .with("ProposedSize", Long.toString(part.size()))
                        .with("MinSizeAllowed", Long.toString(LEAST_PART_BYTES))
                        .with("PartNumber", Integer.toString(part.number()))
                        .with("ETag", part.etag());
            }
        }
        return parts;
    }

    private static int number(Xml told) throws ServiceError {
        try {
            return Integer.parseInt(told.textOf("PartNumber").strip());
        } catch (NumberFormatException e) {
            throw Xml.malformed();
        }
    }

    private static Part part(Xml told, int number, MultipartUpload upload) throws ServiceError {
        String etag = told.textOf("ETag").strip().replace("\"", "");
        Optional<Part> part = upload.part(number).filter(here -> here.etag().equals(etag));
        if (part.isEmpty()) {
            throw new ServiceError(
                            BAD_REQUEST,
                            "InvalidPart",
                            "One or more of the specified parts could not be found.  The part may not have been uploaded, or the"
                                    + " specified entity tag may not match the part's entity tag.")
                    .with("UploadId", upload.id())
                    .with("PartNumber", Integer.toString(number))
                    .with("ETag", etag);
        }
        checkSum(told, part.get(), upload.proof());
        return part.get();
    }

    private static void checkSum(Xml told, Part part, Proof proof) throws ServiceError {
        ContentChecksum here = part.checksum();
        String sum = told.textOf(here.kind().element()).strip();
        if (sum.isEmpty() && proof.isChosen() && proof.isComposite()) {
            throw S3Errors.invalidRequest("The upload was created using a "
                    + proof.kind().name().toLowerCase(Locale.ROOT)
                    + " checksum. The complete request must include the checksum for each part. It was missing for part "
                    + part.number() + " in the request.");
        }
        if (!sum.isEmpty() && !sum.equals(here.value())) {
            throw S3Errors.badDigest(here.kind().name());
        }
    }
}
