package dev.finetune4j.aws.internal;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.spi.Diagnosis;
import java.util.Locale;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What became of a call that failed, whatever the service. */
public enum AwsFailure {
    /** The caller is known and may not do that. */
    DENIED,
    /** The caller is not known. */
    CREDENTIALS,
    /** The service asks to come less often. */
    BUSY,
    /** There was no answer, or an error of the service's own: it may have done what it was asked. */
    OUTAGE,
    /** The service has a reason against it. */
    REFUSED;

    private static final int SERVERS_FAULT = 500;

    /** What became of a call. */
    public static AwsFailure of(SdkException failure) {
        String code = AwsConnection.code(failure);
        if (code.startsWith("AccessDenied")) {
            return DENIED;
        }
        if (AwsConnection.isAboutCredentials(failure)) {
            return CREDENTIALS;
        }
        if (code.toLowerCase(Locale.ROOT).contains("throttl")) {
            return BUSY;
        }
        return failure instanceof AwsServiceException answer && answer.statusCode() < SERVERS_FAULT ? REFUSED : OUTAGE;
    }

    /**
     * What a look came to that a call's failure ended: nobody could look, unless the service does not know who asks, or when, by which no run is
     * possible.
     *
     * @param remedy what to do where nobody could look
     */
    public static Diagnosis unseen(String name, SdkException failure, String remedy) {
        String reason = AwsConnection.reason(failure);
        return of(failure) == CREDENTIALS
                ? Diagnosis.fail(name, reason, AwsConnection.credentialsRemedy(failure), ExitCode.CREDENTIALS)
                : Diagnosis.unknown(name, reason, remedy);
    }
}
