package dev.finetune4j.aws.s3;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * Stores a large file part by part. Parts that an earlier call has sent stay where it was broken off: they are known by number, size and
 * SHA-256, and are not sent again. Two callers may feed one upload, since their parts are the same.
 */
final class MultipartSender {
    private static final int THREADS = 4;

    private final S3Calls calls;
    private final S3Client client;
    private final Tally tally;

    MultipartSender(S3Calls calls, Tally tally) {
        this.calls = calls;
        this.client = calls.client();
        this.tally = tally;
    }

    /**
     * Stores a file if there is no object of that name.
     *
     * @throws SdkException if S3 refuses, with 412 if there is one, and with 404 if somebody else has ended the upload
     */
    void send(StagedFile file, S3Address object) {
        String upload = uploads(object).stream()
                .filter(found -> found.checksumAlgorithm() == ChecksumAlgorithm.SHA256)
                .map(MultipartUpload::uploadId)
                .findFirst()
                .orElseGet(() -> begin(file, object));
        Map<Integer, CompletedPart> there = parts(file, object, upload);
        there.keySet().forEach(part -> tally.add(file.parts().length(part)));
        List<Integer> missing = new ArrayList<>();
        for (int part = 1; part <= file.parts().count(); part++) {
            if (!there.containsKey(part)) {
                missing.add(part);
            }
        }
        there.putAll(sendAll(file, object, upload, missing));
        complete(object, upload, there);
        uploads(object).forEach(left -> calls.giveUp(object, left.uploadId()));
    }

    /** What was begun for the object and not completed. */
    private List<MultipartUpload> uploads(S3Address object) {
        return calls.uploads(object).stream()
                .filter(upload -> upload.key().equals(object.key()))
                .toList();
    }

    private String begin(StagedFile file, S3Address object) {
        return client.createMultipartUpload(request -> request.bucket(object.bucket())
                        .key(object.key())
                        .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                        .metadata(Map.of(Proof.METADATA, file.sha256()))
                        .expectedBucketOwner(calls.owner()))
                .uploadId();
    }

    /** The parts that are there and are those of the file. */
    private Map<Integer, CompletedPart> parts(StagedFile file, S3Address object, String upload) {
        Map<Integer, CompletedPart> there = new HashMap<>();
        client
                .listPartsPaginator(request -> request.bucket(object.bucket())
                        .key(object.key())
                        .uploadId(upload)
                        .expectedBucketOwner(calls.owner()))
                .parts()
                .stream()
                .filter(part -> isOf(file, part))
                .forEach(part ->
                        there.put(part.partNumber(), completed(part.partNumber(), part.eTag(), part.checksumSHA256())));
        return there;
    }

    private static boolean isOf(StagedFile file, Part part) {
        int number = part.partNumber();
        return number <= file.parts().count()
                && part.size() == file.parts().length(number)
                && file.partSums().get(number - 1).equals(part.checksumSHA256());
    }

    private Map<Integer, CompletedPart> sendAll(
            StagedFile file, S3Address object, String upload, List<Integer> missing) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "finetune4j-s3-part");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<CompletedPart>> sent = new ArrayList<>();
            for (int part : missing) {
                sent.add(threads.submit(() -> send(file, object, upload, part)));
            }
            Map<Integer, CompletedPart> parts = new HashMap<>();
            for (Future<CompletedPart> part : sent) {
                CompletedPart done = part.get();
                parts.put(done.partNumber(), done);
            }
            return parts;
        } catch (ExecutionException e) {
            throw unchecked(e);
        } catch (InterruptedException e) {
            throw StoreErrors.interrupted(object);
        } finally {
            end(threads);
        }
    }

    private static RuntimeException unchecked(ExecutionException failure) {
        return failure.getCause() instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }

    /** Parts that are on their way are broken off; nothing is sent any more when this returns. */
    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        boolean wasInterrupted = Thread.interrupted();
        try {
            while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            wasInterrupted = true;
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private CompletedPart send(StagedFile file, S3Address object, String upload, int part) {
        String sum = file.partSums().get(part - 1);
        long length = file.parts().length(part);
        String etag = client.uploadPart(
                        request -> request.bucket(object.bucket())
                                .key(object.key())
                                .uploadId(upload)
                                .partNumber(part)
                                .checksumSHA256(sum)
                                .expectedBucketOwner(calls.owner()),
                        Stager.body(file, file.parts().offset(part), length))
                .eTag();
        tally.add(length);
        return completed(part, etag, sum);
    }

    private static CompletedPart completed(int part, String etag, String sum) {
        return CompletedPart.builder()
                .partNumber(part)
                .eTag(etag)
                .checksumSHA256(sum)
                .build();
    }

    private void complete(S3Address object, String upload, Map<Integer, CompletedPart> parts) {
        List<CompletedPart> inOrder =
                parts.keySet().stream().sorted().map(parts::get).toList();
        client.completeMultipartUpload(request -> request.bucket(object.bucket())
                .key(object.key())
                .uploadId(upload)
                .ifNoneMatch("*")
                .multipartUpload(named -> named.parts(inOrder))
                .expectedBucketOwner(calls.owner()));
    }
}
