package dev.finetune4j.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

/** Failures of the vendor's client are told apart by what somebody can do about them. */
class AzureFailureTest {
    @Test
    void areOfAKind() {
        assertThat(AzureFailure.of(Answered.with(401, "ExpiredAuthenticationToken", "old")))
                .isEqualTo(AzureFailure.CREDENTIALS);
        assertThat(AzureFailure.of(Answered.with(403, "AuthorizationFailed", "no role")))
                .isEqualTo(AzureFailure.DENIED);
        assertThat(AzureFailure.of(Answered.with(429, "TooManyRequests", "slowly")))
                .isEqualTo(AzureFailure.BUSY);
        assertThat(AzureFailure.of(Answered.with(503, "ServiceUnavailable", "down")))
                .isEqualTo(AzureFailure.OUTAGE);
        assertThat(AzureFailure.of(new UncheckedIOException(new ConnectException("refused"))))
                .isEqualTo(AzureFailure.OUTAGE);
        assertThat(AzureFailure.of(Answered.with(400, "UserError", "no"))).isEqualTo(AzureFailure.REFUSED);
        assertThat(AzureFailure.isAbsent(Answered.with(404, "NotFound", "none")))
                .isTrue();
    }

    @Test
    void areToldInTheServicesWords() {
        assertThat(AzureFailure.reason(Answered.with(400, "UserError", "no such environment")))
                .isEqualTo("UserError: no such environment (correlation c0ffee)");
        assertThat(AzureFailure.reason(Answered.ofStorage(403, "AuthorizationPermissionMismatch")))
                .isEqualTo("AuthorizationPermissionMismatch: Status code 403");
        assertThat(AzureFailure.reason(new IllegalStateException("broken\nat line 2")))
                .isEqualTo("broken");
    }
}
