package dev.finetune4j.aws.s3;

import dev.finetune4j.aws.s3.FetchPlan.Target;
import dev.finetune4j.aws.s3.S3Calls.Entry;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Brings objects into files. A file is there in whole or not at all: until then its bytes lie beside it under a name that belongs to this
 * version of the object, from where a later call goes on.
 */
final class Fetcher {
    private static final int EXISTS_OTHERWISE = 412;
    private static final int CHUNK = 1 << 16;
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final int PARTIAL_NAME_DIGITS = 32;

    /** Answers in a row that break off before they have brought a byte. */
    private static final int MOST_EMPTY_ANSWERS = 4;

    private final S3Calls calls;
    private final Path into;
    private final Tally tally;

    Fetcher(S3Calls calls, Path into, Tally tally) {
        this.calls = calls;
        this.into = into;
        this.tally = tally;
    }

    void fetch(FetchPlan plan) {
        for (Target target : plan.targets()) {
            try {
                prepare(target);
                fetch(target);
            } catch (IOException e) {
                throw StoreErrors.local(e, target.file());
            }
        }
    }

    /** A link that lies in the folder may lead out of it. */
    private void prepare(Target target) throws IOException {
        Path folder = target.file().getParent();
        Files.createDirectories(into);
        if (folder != null && !folder.equals(into)) {
            Files.createDirectories(folder);
            if (!folder.toRealPath().startsWith(into.toRealPath())) {
                throw FetchPlan.bad(target.object(), folder + " is a link to " + folder.toRealPath());
            }
        }
    }

    private void fetch(Target target) throws IOException {
        S3Address object = target.object().address();
        HeadObjectResponse head = calls.head(object).orElseThrow(() -> replaced(target.object()));
        Optional<Proof> proof = Proof.of(head);
        if (isHere(target.file(), head, proof)) {
            tally.add(head.contentLength());
            return;
        }
        Path partial = target.file().resolveSibling(".finetune4j-" + digest(object + " " + head.eTag()) + ".partial");
        bring(target.object(), head, partial);
        if (proof.isPresent() && !proof.get().holds(partial)) {
            Files.delete(partial);
            throw AwsStoreProblems.DAMAGED
                    .error("what was fetched of " + object + " is not what was stored")
                    .because("its " + proof.get().kind() + " is not "
                            + proof.get().expected())
                    .retry(Retry.after(PAUSE))
                    .asException();
        }
        Files.move(partial, target.file(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Without a checksum nobody knows whether a file of the same size is the same. */
    private static boolean isHere(Path file, HeadObjectResponse head, Optional<Proof> proof) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == head.contentLength()
                && proof.isPresent()
                && proof.get().holds(file);
    }

    private void bring(Entry object, HeadObjectResponse head, Path partial) throws IOException {
        long size = head.contentLength();
        long have = Files.exists(partial) ? Files.size(partial) : 0;
        if (have > size) {
            Files.delete(partial);
            have = 0;
        }
        tally.add(have);
        int emptyAnswers = 0;
        while (have < size || !Files.exists(partial)) {
            long more = append(object, head, partial, have);
            have += more;
            emptyAnswers = more == 0 && size > 0 ? emptyAnswers + 1 : 0;
            if (emptyAnswers == MOST_EMPTY_ANSWERS) {
                throw AwsStoreProblems.UNREACHABLE
                        .error("S3 breaks off its answers for " + object.address())
                        .because(have + " of " + size + " bytes are here; " + MOST_EMPTY_ANSWERS
                                + " answers in a row brought none")
                        .retry(Retry.after(PAUSE))
                        .asException();
            }
        }
    }

    /** How many bytes came, until the answer ended or broke off. */
    private long append(Entry object, HeadObjectResponse head, Path partial, long have) throws IOException {
        long came = 0;
        byte[] chunk = new byte[CHUNK];
        try (InputStream from = open(object, head, have);
                OutputStream to =
                        Files.newOutputStream(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int read = read(from, chunk); read >= 0; read = read(from, chunk)) {
                to.write(chunk, 0, read);
                came += read;
                tally.add(read);
            }
        } catch (SdkException e) {
            throw calls.told(e, "s3:GetObject", object.address());
        }
        return came;
    }

    private InputStream open(Entry object, HeadObjectResponse head, long have) {
        try {
            return calls.client()
                    .getObject(request -> request.bucket(object.address().bucket())
                            .key(object.address().key())
                            .ifMatch(head.eTag())
                            .range(have == 0 ? null : "bytes=" + have + "-")
                            .expectedBucketOwner(calls.owner()));
        } catch (SdkException e) {
            boolean isOther = e instanceof AwsServiceException answer && answer.statusCode() == EXISTS_OTHERWISE;
            throw isOther || StoreErrors.isAbsent(e)
                    ? replaced(object)
                    : calls.told(e, "s3:GetObject", object.address());
        }
    }

    /** What is read until a connection breaks is good; the rest is asked for again. */
    private static int read(InputStream from, byte[] chunk) {
        try {
            return from.read(chunk);
        } catch (IOException | SdkClientException e) {
            return -1;
        }
    }

    private static FineTuneException replaced(Entry object) {
        return AwsStoreProblems.REPLACED
                .error(object.address() + " was replaced or removed while it was fetched")
                .retry(Retry.after(PAUSE))
                .asException();
    }

    private static String digest(String text) {
        MessageDigest digest = Proof.sha256();
        return HexFormat.of()
                .formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
                .substring(0, PARTIAL_NAME_DIGITS);
    }

    /**
     * Refuses what there is no room for; the folder is there.
     *
     * @throws FineTuneException with FT0868
     */
    static void refuseWithoutRoom(FetchPlan plan, Path into) throws IOException {
        long needed = 0;
        for (Target target : plan.targets()) {
            boolean isHere = target.file().toFile().length() == target.object().size();
            needed += isHere ? 0 : target.object().size();
        }
        long free = Files.getFileStore(into).getUsableSpace();
        if (needed > free) {
            throw AwsStoreProblems.DISK_FULL
                    .error("the disk of " + into + " has no room for what is to be fetched")
                    .because(needed + " bytes are to come, " + free + " are free")
                    .remedy("df -h '" + into + "'")
                    .asException();
        }
    }
}
