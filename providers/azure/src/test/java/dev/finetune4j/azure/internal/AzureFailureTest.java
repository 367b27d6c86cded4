package dev.finetune4j.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.identity.CredentialUnavailableException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

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
                .isEqualTo(
                        "AuthorizationPermissionMismatch: This request is not authorized to perform this operation using"
                                + " this permission. (correlation c0ffee)");
        assertThat(AzureFailure.reason(new IllegalStateException("broken\nat line 2")))
                .isEqualTo("broken");
    }

    @Test
    void tellHowLongToStayAway() {
        Duration hour = Duration.ofHours(1);
        assertThat(pause("x-ms-retry-after-ms", "3600000")).contains(hour);
        assertThat(pause("retry-after-ms", "3600000")).contains(hour);
        assertThat(pause("Retry-After", "3600")).contains(hour);
        assertThat(pause("Retry-After", "Sat, 28 Nov 2026 16:00:00 GMT")).contains(hour);
        assertThat(pause("Retry-After", "Sat, 28 Nov 2026 14:00:00 GMT")).contains(Duration.ZERO);
        assertThat(pause("Retry-After", "soon")).isEmpty();
    }

    private static Optional<Duration> pause(String header, String value) {
        return AzureFailure.pause(new HttpResponseException(
                "429",
                Answered.to(429, "")
                        .with(HttpHeaderName.DATE, "Sat, 28 Nov 2026 15:00:00 GMT")
                        .with(HttpHeaderName.fromString(header), value)));
    }

    /** A login mends only what comes of a login. */
    @Test
    void tellsWhatMendsCredentials() {
        assertThat(remedy("azure-cli", "Azure CLI not installed")).isEqualTo("az login");
        assertThat(remedy("managed-identity", "no endpoint")).startsWith("az vm identity show");
        assertThat(remedy("workload-identity", "AADSTS70021: no match")).startsWith("az identity federated-credential");
        assertThat(remedy("workload-identity", "AADSTS700024: Client assertion is not within its valid time range."))
                .isEqualTo("sudo timedatectl set-ntp true");
        String tenant = "00000000-0000-0000-0000-000000000003";
        assertThat(refused(
                        "InvalidAuthenticationTokenTenant",
                        "The access token is from the wrong issuer 'https://sts.windows.net/x/'. It must match the tenant"
                                + " 'https://sts.windows.net/" + tenant + "/' associated with this subscription."))
                .isEqualTo("export AZURE_TENANT_ID=" + tenant);
        assertThat(refused(
                        "InvalidAuthenticationTokenAudience", "The access token has been obtained for wrong audience"))
                .isEqualTo("az cloud show --query name");
    }

    private static String remedy(String source, String said) {
        SignIn signIn = new SignIn(
                source, request -> Mono.error(new CredentialUnavailableException(said, new IllegalStateException())));
        return AzureFailure.remedy((RuntimeException)
                catchThrowable(() -> signIn.getTokenSync(new TokenRequestContext().addScopes("all"))));
    }

    private static String refused(String code, String message) {
        return AzureFailure.remedy(new HttpResponseException(
                "401", Answered.to(401, "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}")));
    }

    /** A secret that is right mends nothing there. */
    @Test
    void tellsWhichVariableOfTheEnvironmentIsWrong() {
        assertThat(remedyOf("AADSTS700016: Application with identifier 'x' was not found in the directory 'y'."))
                .isEqualTo("export AZURE_CLIENT_ID=APPLICATION");
        assertThat(remedyOf("AADSTS90002: Tenant 'y' not found.")).isEqualTo("export AZURE_TENANT_ID=TENANT");
        assertThat(remedyOf("AADSTS7000215: Invalid client secret provided."))
                .isEqualTo("export AZURE_CLIENT_SECRET=SECRET");
    }

    private static String remedyOf(String message) {
        return AzureFailure.remedy(
                new SignIn.Refused(CredentialSource.ENVIRONMENT, new IllegalStateException(message)));
    }
}
