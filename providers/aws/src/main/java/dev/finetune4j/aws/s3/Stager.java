package dev.finetune4j.aws.s3;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.s3.S3Calls.Entry;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.spi.StagedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Stores files under the digest of their content. Each is stored once and never again, whoever else is at it: what S3 finds there already is
 * looked at, not replaced.
 */
final class Stager {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int EXISTS = 412;
    private static final String CONTENT_TYPE = "application/octet-stream";

    /** Tries of one file where somebody else is at it each time. */
    private static final int ROUNDS = 5;

    private final S3Calls calls;
    private final S3Address prefix;
    private final Tally tally;
    private final MultipartSender parts;

    /**
     * A stager.
     *
     * @param prefix where files go
     * @param tally learns what has arrived
     */
    Stager(S3Calls calls, S3Address prefix, Tally tally) {
        this.calls = calls;
        this.prefix = prefix;
        this.tally = tally;
        parts = new MultipartSender(calls, tally);
    }

    void stage(StagedFolder<StagedFile> folder) {
        Map<S3Address, Long> there =
                calls.list(prefix.asFolder()).stream().collect(Collectors.toMap(Entry::address, Entry::size));
        for (StagedFile file : folder.files()) {
            S3Address object = prefix.below(file.name());
            if (!there.containsKey(object) || !isThere(file, object)) {
                store(file, object);
            }
        }
    }

    private void store(StagedFile file, S3Address object) {
        int round = 1;
        while (!isStored(file, object, round == ROUNDS)) {
            round++;
        }
    }

    /** False where somebody else was at it, and it is not there now. */
    private boolean isStored(StagedFile file, S3Address object, boolean isLastRound) {
        try {
            send(file, object);
            return true;
        } catch (SdkException e) {
            int status = e instanceof AwsServiceException answer ? answer.statusCode() : 0;
            boolean mayBeThere = status == EXISTS || (status == NOT_FOUND && isOfUpload(e));
            if (mayBeThere && isThere(file, object)) {
                return true;
            }
            if (isLastRound || !(mayBeThere || status == CONFLICT)) {
                throw calls.told(e, "s3:PutObject", object);
            }
            return false;
        } catch (UncheckedIOException e) {
            throw StoreErrors.local(e, file.path());
        }
    }

    /** Somebody else completed it or gave it up. */
    private static boolean isOfUpload(SdkException failure) {
        return AwsConnection.code(failure).equals("NoSuchUpload");
    }

    private void send(StagedFile file, S3Address object) {
        if (!file.parts().isSingle()) {
            parts.send(file, object);
            return;
        }
        calls.client()
                .putObject(
                        request -> request.bucket(object.bucket())
                                .key(object.key())
                                .ifNoneMatch("*")
                                .checksumSHA256(file.sum())
                                .metadata(Map.of(Proof.METADATA, file.sha256()))
                                .expectedBucketOwner(calls.owner()),
                        body(file, 0, file.size()));
        tally.add(file.size());
    }

    /** Reads the file anew for each try. */
    static RequestBody body(StagedFile file, long offset, long length) {
        return RequestBody.fromContentProvider(
                () -> {
                    try {
                        return FileSlice.open(file.path(), offset, length);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                length,
                CONTENT_TYPE);
    }

    /**
     * Whether the file is stored already.
     *
     * @throws FineTuneException with FT0870 if something else is
     */
    private boolean isThere(StagedFile file, S3Address object) {
        Optional<HeadObjectResponse> there = calls.head(object);
        if (there.isEmpty()) {
            return false;
        }
        String sha256 = there.get().metadata().getOrDefault(Proof.METADATA, "");
        if (there.get().contentLength() != file.size() || !sha256.equals(file.sha256())) {
            throw StoreErrors.otherContent(object, prefix);
        }
        tally.add(file.size());
        return true;
    }
}
