package dev.finetune4j.azure.internal;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.aad.msal4j.MsalServiceException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.Trust;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What kind of failure a call to Microsoft's services ended with. */
public enum AzureFailure {
    /** The credentials are good, and may not do that. */
    DENIED,
    /** No credentials, or none that are taken. */
    CREDENTIALS,
    /** Asked to come less often. */
    BUSY,
    /** No answer, or an error of the service's own; what became of the call is not known. */
    OUTAGE,
    /** A reason against this very call. */
    REFUSED;

    /** Where storage tells the name of an error. */
    private static final String STORAGE_CODE = "x-ms-error-code";

    private static final Pattern STORAGE_MESSAGE = Pattern.compile("<Message>\\s*([^<\\n]+)");

    /** Names by which Microsoft's support finds a call: of the resource manager, of Azure OpenAI, of the rest. */
    private static final List<HttpHeaderName> CORRELATION_HEADERS = Stream.of(
                    "x-ms-correlation-request-id", "apim-request-id", "x-ms-request-id")
            .map(HttpHeaderName::fromString)
            .toList();

    /** In the order in which azure-core heeds them. */
    private static final List<HttpHeaderName> RETRY_AFTER_MILLIS = Stream.of("x-ms-retry-after-ms", "retry-after-ms")
            .map(HttpHeaderName::fromString)
            .toList();

    /** What Azure OpenAI says with the status of bad credentials, of good ones. */
    private static final String LACKS_ROLE = "PermissionDenied";

    /** What is said with the status of too many calls where the calls are few, and what they made is too much. */
    private static final String FULL = "quotaExceeded";

    private static final Pattern TENANT = Pattern.compile("match the tenant '?https://[^/]+/([0-9a-fA-F-]{36})");
    private static final Pattern AUDIENCE = Pattern.compile("(?i)audience");
    private static final Pattern CLOCK = Pattern.compile("(?i)not yet valid|nbf");

    private static final String BELIEVE_AS_JAVA = "unset " + Trust.VARIABLE;

    private static final Set<String> PLACES =
            Set.of("SubscriptionNotFound", "InvalidSubscriptionId", "ResourceGroupNotFound");

    /** Where a service asks to come less often and does not say when. */
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(10);

    private static final long ALMOST_A_SECOND = 999;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TIMEOUT = 408;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    /** A client takes a thread's interrupt as a failure of the call, and forgets it; whoever is to stop must go on knowing. */
    public static void keepInterrupt(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The kind of a failure. */
    public static AzureFailure of(RuntimeException failure) {
        if (isRefusedSignIn(failure)) {
            return CREDENTIALS;
        }
        int status = status(failure);
        if (status == FORBIDDEN || (status == UNAUTHORIZED && code(failure).equals(LACKS_ROLE))) {
            return DENIED;
        }
        if (status == UNAUTHORIZED || (failure instanceof ClientAuthenticationException && status < SERVER_ERROR)) {
            return CREDENTIALS;
        }
        if (status == TOO_MANY) {
            return code(failure).equalsIgnoreCase(FULL) ? REFUSED : BUSY;
        }
        return status == 0 || status == TIMEOUT || status >= SERVER_ERROR ? OUTAGE : REFUSED;
    }

    /** The first thing to do about {@link #CREDENTIALS}, by their source, or by what a service has against its token. */
    public static String remedy(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SignIn.Refused refused) {
                return refused.remedy();
            }
        }
        String reason = reason(failure);
        Matcher tenant = TENANT.matcher(reason);
        if (tenant.find()) {
            return "export AZURE_TENANT_ID=" + tenant.group(1);
        }
        if (AUDIENCE.matcher(reason).find()) {
            return "az cloud show --query name";
        }
        return CLOCK.matcher(reason).find() ? "sudo timedatectl set-ntp true" : "az login";
    }

    /** Whether whoever gives tokens answered, and gave none; azure-identity hides that beneath other exceptions. */
    private static boolean isRefusedSignIn(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MsalServiceException refusal) {
                return refusal.statusCode() != null && refusal.statusCode() < SERVER_ERROR;
            }
        }
        return false;
    }

    /** Whether the service answered that there is no such thing, in a subscription and group that are there. */
    public static boolean isAbsent(RuntimeException failure) {
        return status(failure) == NOT_FOUND && !isPlaceAbsent(failure);
    }

    /** Whether the service answered that these credentials have no such subscription, or that it has no such group. */
    public static boolean isPlaceAbsent(RuntimeException failure) {
        return PLACES.contains(code(failure));
    }

    /** Whether nobody knows the host that was called, though credentials are to be had. */
    public static boolean isHostUnknown(RuntimeException failure) {
        return failure instanceof UnknownHost;
    }

    /** That a service is not asked at all, since it is not known here whom to believe; empty where it is another failure. */
    public static Optional<Problem.Builder> unasked(ProblemKind kind, String service, RuntimeException failure) {
        return failure instanceof UnreadTrust
                ? Optional.of(kind.error(service + " cannot be asked from here").remedy(BELIEVE_AS_JAVA))
                : Optional.empty();
    }

    /** The name of a service's error; empty where it gave none. */
    public static String code(RuntimeException failure) {
        String said = error(failure).path("code").asText("");
        return said.isEmpty()
                ? response(failure)
                        .map(response -> response.getHeaderValue(HttpHeaderName.fromString(STORAGE_CODE)))
                        .orElse("")
                : said;
    }

    /** All names in a service's error, also those of errors within it; empty where it gave none. */
    public static List<String> codes(RuntimeException failure) {
        return error(failure).findValuesAsText("code");
    }

    /** Why a call failed, in the service's words where it gave any, with the name by which its support finds the call. */
    public static String reason(RuntimeException failure) {
        String code = code(failure);
        String said = error(failure).path("message").asText("");
        String words = said.isEmpty() ? wordsOfStorage(failure).orElseGet(() -> firstLine(failure)) : said;
        return (code.isEmpty() ? "" : code + ": ")
                + words.replaceAll("\\?\\S+", "?...").strip() // an address may be signed
                + correlation(failure).map(id -> " (correlation " + id + ")").orElse("");
    }

    /** Storage answers in XML, before which its client puts a guess of its own. */
    private static Optional<String> wordsOfStorage(RuntimeException failure) {
        Matcher message = STORAGE_MESSAGE.matcher(String.valueOf(failure.getMessage()));
        return message.find() ? Optional.of(message.group(1)) : Optional.empty();
    }

    private static String firstLine(RuntimeException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    private static Optional<String> correlation(RuntimeException failure) {
        return CORRELATION_HEADERS.stream()
                .flatMap(name -> header(failure, name).stream())
                .findFirst();
    }

    /** A header of the answer that a call failed with. */
    private static Optional<String> header(RuntimeException failure, HttpHeaderName name) {
        return response(failure).flatMap(response -> Optional.ofNullable(response.getHeaderValue(name)));
    }

    /** How long a service asks to stay away; empty where it does not. */
    public static Optional<Duration> pause(RuntimeException failure) {
        return response(failure).flatMap(response -> pause(response.getHeaders()));
    }

    /** That a service asks to come later, by one of {@link #BUSY}: as late as it says, and no earlier. */
    public static Problem.Builder busy(ProblemKind kind, String service, RuntimeException failure) {
        Optional<Duration> asked = pause(failure);
        return kind.error(service + " asks to come "
                        + asked.map(pause -> "again in "
                                        + pause.plusMillis(ALMOST_A_SECOND).toSeconds() + " s")
                                .orElse("less often"))
                .retry(asked.map(Retry::asked).orElse(Retry.after(BUSY_PAUSE)));
    }

    /** How long an answer asks to stay away; empty where it does not. */
    static Optional<Duration> pause(HttpHeaders headers) {
        return RETRY_AFTER_MILLIS.stream()
                .flatMap(name -> Optional.ofNullable(headers.getValue(name)).stream())
                .flatMap(text -> number(text).map(Duration::ofMillis).stream())
                .findFirst()
                .or(() -> Optional.ofNullable(headers.getValue(HttpHeaderName.RETRY_AFTER))
                        .flatMap(text -> number(text)
                                .map(Duration::ofSeconds)
                                .or(() -> between(headers.getValue(HttpHeaderName.DATE), text))));
    }

    /** By the clock of whoever answered, which need not be that of this machine. */
    private static Optional<Duration> between(@Nullable String answered, String again) {
        if (answered == null) {
            return Optional.empty();
        }
        try {
            Duration pause = Duration.between(date(answered), date(again));
            return Optional.of(pause.isNegative() ? Duration.ZERO : pause);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Instant date(String text) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
    }

    private static Optional<Long> number(String text) {
        return text.matches("\\d{1,9}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    private static int status(RuntimeException failure) {
        return response(failure).map(HttpResponse::getStatusCode).orElse(0);
    }

    private static Optional<HttpResponse> response(RuntimeException failure) {
        return failure instanceof HttpResponseException answered
                ? Optional.ofNullable(answered.getResponse())
                : Optional.empty();
    }

    /** The error as the service describes it, which may have others within; without members where it describes none. */
    public static JsonNode error(RuntimeException failure) {
        String body = response(failure)
                .map(HttpResponse::getBodyAsBinaryData)
                .map(String::valueOf)
                .orElse("");
        try {
            return Json.read(body.isBlank() ? "{}" : body, JsonNode.class).path("error");
        } catch (UncheckedIOException | IllegalArgumentException e) {
            return Json.records().createObjectNode(); // a page of a proxy
        }
    }
}
