package dev.finetune4j.aws.s3;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/** From what Amazon's client and this machine's files throw to what a person can mend. */
final class StoreErrors {
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(10);
    private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(30);
    private static final int MOVED = 301;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int SERVERS_FAULT = 500;

    private final String region;

    StoreErrors(String region) {
        this.region = region;
    }

    /**
     * What a failed call means.
     *
     * @param action what IAM calls it
     * @param about what it was about
     */
    FineTuneException told(SdkException failure, String action, S3Address about) {
        return problem(failure, action, about).asException(failure);
    }

    private Problem problem(SdkException failure, String action, S3Address about) {
        if (isInterruption(failure)) {
            return AwsStoreProblems.INTERRUPTED
                    .error("moving files was interrupted at " + about)
                    .build();
        }
        if (isChange(failure)) {
            return changed(about, failure);
        }
        Optional<String> elsewhere = otherRegion(failure);
        if (elsewhere.isPresent()) {
            return wrongRegion(about, elsewhere.get());
        }
        String code = AwsConnection.code(failure);
        if (code.equals("NoSuchBucket")) {
            return AwsStoreProblems.NO_BUCKET
                    .error("there is no bucket " + about.bucket())
                    .remedy("aws s3 mb s3://" + about.bucket() + " --region " + region)
                    .build();
        }
        if (isDenied(failure)) {
            return AwsStoreProblems.DENIED
                    .error("the caller may not do " + action + " on " + about.arn())
                    .because(AwsConnection.reason(failure))
                    .build();
        }
        boolean isRefused = code.matches(
                "(ExpiredToken|InvalidToken|TokenRefresh|InvalidAccessKeyId|SignatureDoesNotMatch|RequestTimeTooSkewed).*");
        if (isRefused || (!(failure instanceof AwsServiceException) && AwsConnection.isAboutCredentials(failure))) {
            return AwsStoreProblems.NO_CREDENTIALS
                    .error("S3 does not let the caller in")
                    .because(AwsConnection.reason(failure))
                    .remedy(AwsConnection.credentialsRemedy(failure))
                    .build();
        }
        return refusedOrUnreachable(failure, code, action, about);
    }

    private Problem wrongRegion(S3Address about, String elsewhere) {
        return AwsStoreProblems.WRONG_REGION
                .error("the bucket " + about.bucket() + " lies in " + elsewhere + ", not in " + region)
                .because("a job in " + region + " reads and writes buckets of " + region
                        + " only: make one there, and name it as the store of its place")
                .remedy("aws s3 mb s3://" + about.bucket() + "-" + region + " --region " + region)
                .build();
    }

    private static Problem changed(S3Address about, SdkException failure) {
        return AwsStoreProblems.CHANGED
                .error("the file for " + about + " was changed while it was staged")
                .because(AwsConnection.reason(failure))
                .build();
    }

    private Problem refusedOrUnreachable(SdkException failure, String code, String action, S3Address about) {
        boolean isBusy =
                code.equals("SlowDown") || code.toLowerCase(Locale.ROOT).contains("throttl");
        if (isBusy) {
            return AwsStoreProblems.UNREACHABLE
                    .error("S3 asks to come less often")
                    .because(AwsConnection.reason(failure))
                    .retry(Retry.after(BUSY_PAUSE))
                    .build();
        }
        if (!(failure instanceof AwsServiceException answer) || answer.statusCode() >= SERVERS_FAULT) {
            return AwsStoreProblems.UNREACHABLE
                    .error("S3 in " + region + " does not answer for " + about)
                    .because(AwsConnection.reason(failure))
                    .retry(Retry.after(OUTAGE_PAUSE))
                    .build();
        }
        return AwsStoreProblems.REFUSED
                .error("S3 refuses " + action + " on " + about)
                .because(AwsConnection.reason(failure))
                .build();
    }

    /** A bucket that is somebody else's. */
    static FineTuneException foreign(S3Address about, String owner) {
        return AwsStoreProblems.FOREIGN_BUCKET
                .error("the bucket " + about.bucket() + " does not belong to the account " + owner)
                .asException();
    }

    /** Content that is not what its name says. */
    static FineTuneException otherContent(S3Address object, S3Address prefix) {
        return AwsStoreProblems.OTHER_CONTENT
                .error(object + " has another content than was staged under that name")
                .remedy("aws s3 rm --recursive " + prefix.asFolder())
                .asException();
    }

    /** Files of this machine that cannot be read or written. */
    static FineTuneException local(UncheckedIOException failure, Path file) {
        IOException cause = failure.getCause();
        return local(cause == null ? new IOException(failure) : cause, file);
    }

    /** The same. */
    static FineTuneException local(IOException failure, Path file) {
        if (failure instanceof FileChangedException) {
            return AwsStoreProblems.CHANGED
                    .error(file + " was changed while it was staged")
                    .asException(failure);
        }
        if (String.valueOf(failure.getMessage()).contains("No space left")) {
            return AwsStoreProblems.DISK_FULL
                    .error("the disk of " + file + " is full")
                    .remedy("df -h '" + file.getParent() + "'")
                    .asException(failure);
        }
        String reason = failure instanceof FileSystemException about && about.getReason() != null
                ? about.getReason()
                : failure.getClass().getSimpleName();
        return AwsStoreProblems.LOCAL_FILES
                .error(file + " cannot be read or written")
                .because(reason)
                .remedy("ls -l '" + file + "'")
                .asException(failure);
    }

    static FineTuneException interrupted(S3Address about) {
        Thread.currentThread().interrupt();
        return AwsStoreProblems.INTERRUPTED
                .error("moving files was interrupted at " + about)
                .asException();
    }

    private static boolean isInterruption(SdkException failure) {
        if (failure instanceof AbortedException) {
            return true;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }

    /** The file has become shorter, or S3 was given other bytes than the checksum that was computed before. */
    private static boolean isChange(SdkException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileChangedException) {
                return true;
            }
        }
        return AwsConnection.code(failure).matches("BadDigest|XAmzContentSHA256Mismatch");
    }

    /** The region that S3 names instead of this one. */
    private Optional<String> otherRegion(SdkException failure) {
        if (failure instanceof AwsServiceException answer && answer.awsErrorDetails() != null) {
            return Optional.ofNullable(answer.awsErrorDetails().sdkHttpResponse())
                    .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"))
                    .filter(other -> !other.equals(region))
                    .filter(other -> answer.statusCode() == MOVED
                            || AwsConnection.code(failure).matches("PermanentRedirect|AuthorizationHeaderMalformed"));
        }
        return Optional.empty();
    }

    static boolean isDenied(SdkException failure) {
        String code = AwsConnection.code(failure);
        boolean saysNothing = failure instanceof AwsServiceException answer
                && answer.statusCode() == FORBIDDEN
                && (code.isEmpty() || code.matches("\\d*|Forbidden"));
        return saysNothing || code.equals("AccessDenied");
    }

    static boolean isAbsent(SdkException failure) {
        return failure instanceof AwsServiceException answer
                && answer.statusCode() == NOT_FOUND
                && !AwsConnection.code(failure).equals("NoSuchBucket");
    }
}
