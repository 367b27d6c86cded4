package dev.finetune4j.aws.s3;

import dev.finetune4j.aws.s3.S3Calls.Entry;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Removes what lies below a prefix. */
final class Removal {
    private static final int MOST = 1000;

    private final S3Calls calls;
    private final S3Address prefix;

    Removal(S3Calls calls, S3Address prefix) {
        this.calls = calls;
        this.prefix = prefix;
    }

    void removeObjects() {
        List<Entry> objects = new ArrayList<>();
        for (Entry object : calls.list(prefix)) {
            if (object.address().key().chars().anyMatch(Character::isISOControl)) {
                remove(object.address());
            } else {
                objects.add(object);
            }
        }
        for (int from = 0; from < objects.size(); from += MOST) {
            remove(objects.subList(from, Math.min(objects.size(), from + MOST)));
        }
    }

    /** The XML that names many at once cannot hold every key. */
    private void remove(S3Address object) {
        calls.make(
                "s3:DeleteObject",
                object,
                () -> calls.client()
                        .deleteObject(request -> request.bucket(object.bucket())
                                .key(object.key())
                                .expectedBucketOwner(calls.owner())));
    }

    private void remove(List<Entry> objects) {
        List<ObjectIdentifier> named = objects.stream()
                .map(object ->
                        ObjectIdentifier.builder().key(object.address().key()).build())
                .toList();
        List<S3Error> refused = calls.make(
                "s3:DeleteObject",
                prefix,
                () -> calls.client()
                        .deleteObjects(request -> request.bucket(prefix.bucket())
                                .delete(Delete.builder()
                                        .objects(named)
                                        .quiet(true)
                                        .build())
                                .expectedBucketOwner(calls.owner()))
                        .errors());
        if (!refused.isEmpty()) {
            S3Error first = refused.get(0);
            throw AwsStoreProblems.REFUSED
                    .error("S3 refuses to remove " + refused.size() + " of " + objects.size() + " objects under "
                            + prefix)
                    .because(first.key() + ": " + first.code() + ": " + first.message())
                    .remedy("aws s3 rm --recursive " + prefix)
                    .asException();
        }
    }

    void removeUploads() {
        List<MultipartUpload> uploads = calls.make(
                "s3:ListBucketMultipartUploads", new S3Address(prefix.bucket(), ""), () -> calls.uploads(prefix));
        for (MultipartUpload upload : uploads) {
            S3Address object = new S3Address(prefix.bucket(), upload.key());
            calls.make("s3:AbortMultipartUpload", object, () -> {
                calls.giveUp(object, upload.uploadId());
                return upload;
            });
        }
    }
}
