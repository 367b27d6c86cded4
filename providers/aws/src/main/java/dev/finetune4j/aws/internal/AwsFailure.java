package dev.finetune4j.aws.internal;

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
}
