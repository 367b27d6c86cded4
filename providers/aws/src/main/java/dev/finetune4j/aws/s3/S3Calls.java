package dev.finetune4j.aws.s3;

import dev.finetune4j.error.FineTuneException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Calls of S3 whose failures are told to people. Safe for use by several threads. */
final class S3Calls implements AutoCloseable {
    private final S3Client client;
    /** Of a look for which somebody waits. */
    private static final Duration LOOKING = Duration.ofSeconds(30);

    private final StoreErrors errors;
    private final String root;
    private final @Nullable String owner;

    /**
     * Calls.
     *
     * @param root what the keys begin with that the caller may list
     * @param owner the account that buckets must belong to, or null where it is not known
     */
    S3Calls(S3Client client, StoreErrors errors, String root, @Nullable String owner) {
        this.client = client;
        this.errors = errors;
        this.root = root;
        this.owner = owner;
    }

    S3Client client() {
        return client;
    }

    /** Whose buckets must be; null for anybody's. */
    @Nullable
    String owner() {
        return owner;
    }

    /**
     * Makes a call.
     *
     * @param action what IAM calls it
     * @param about what it is about
     * @throws FineTuneException if it fails
     */
    <T> T make(String action, S3Address about, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw told(e, action, about);
        }
    }

    /** What a failed call means. */
    FineTuneException told(SdkException failure, String action, S3Address about) {
        if (owner != null && StoreErrors.isDenied(failure) && isThereForAnybody(about)) {
            return StoreErrors.foreign(about, owner);
        }
        return errors.told(failure, action, about);
    }

    /** S3 does not say whether it denies a call for the caller's sake or for the owner's; a caller may list what lies below the store. */
    private boolean isThereForAnybody(S3Address about) {
        try {
            client.listObjectsV2(
                    request -> request.bucket(about.bucket()).prefix(root).maxKeys(1));
        } catch (SdkException e) {
            return false;
        }
        try {
            client.listObjectsV2(request ->
                    request.bucket(about.bucket()).prefix(root).maxKeys(1).expectedBucketOwner(owner));
            return false; // the owner is the right one
        } catch (SdkException e) {
            return StoreErrors.isDenied(e);
        }
    }

    /** An object with its metadata and checksums; empty where there is none. */
    Optional<HeadObjectResponse> head(S3Address object) {
        try {
            return Optional.of(client.headObject(request -> request.bucket(object.bucket())
                    .key(object.key())
                    .checksumMode(ChecksumMode.ENABLED)
                    .expectedBucketOwner(owner)));
        } catch (SdkException e) {
            if (StoreErrors.isAbsent(e)) {
                return Optional.empty();
            }
            throw told(e, "s3:GetObject", object);
        }
    }

    /** Looks whether there is anything, which is told as what S3 has against it. */
    void look(S3Address prefix) {
        var unused = make(
                "s3:ListBucket",
                new S3Address(prefix.bucket(), ""),
                () -> client.listObjectsV2(request -> request.bucket(prefix.bucket())
                        .prefix(prefix.key())
                        .maxKeys(1)
                        .expectedBucketOwner(owner)
                        .overrideConfiguration(limits -> limits.apiCallTimeout(LOOKING))));
    }

    /** All objects whose keys begin with one; percent-encoded on the way, since XML cannot hold every key. */
    List<Entry> list(S3Address prefix) {
        return make("s3:ListBucket", new S3Address(prefix.bucket(), ""), () -> {
            ListObjectsV2Request request = ListObjectsV2Request.builder()
                    .bucket(prefix.bucket())
                    .prefix(prefix.key())
                    .encodingType(EncodingType.URL)
                    .expectedBucketOwner(owner)
                    .build();
            return client.listObjectsV2Paginator(request).contents().stream()
                    .map(object -> new Entry(
                            new S3Address(prefix.bucket(), object.key()),
                            object.size(),
                            object.eTag(),
                            object.lastModified()))
                    .toList();
        });
    }

    /**
     * What was begun to be stored under keys that begin with one, and not completed.
     *
     * @throws SdkException if S3 refuses
     */
    List<MultipartUpload> uploads(S3Address prefix) {
        return client
                .listMultipartUploadsPaginator(request -> request.bucket(prefix.bucket())
                        .prefix(prefix.key())
                        .encodingType(EncodingType.URL)
                        .expectedBucketOwner(owner))
                .uploads()
                .stream()
                .toList();
    }

    /**
     * Gives an upload up. Its parts cost money until then; who else was feeding it is told that there is no such upload.
     *
     * @throws SdkException if S3 refuses
     */
    void giveUp(S3Address object, String upload) {
        try {
            client.abortMultipartUpload(request -> request.bucket(object.bucket())
                    .key(object.key())
                    .uploadId(upload)
                    .expectedBucketOwner(owner));
        } catch (SdkException e) {
            if (!StoreErrors.isAbsent(e)) {
                throw e;
            }
        }
    }

    /** An object as a list has it. */
    record Entry(S3Address address, long size, String etag, Instant modified) {}

    @Override
    public void close() {
        client.close();
    }
}
