package dev.finetune4j.aws.internal;

import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.ProviderContext;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.profiles.ProfileProperty;
import software.amazon.awssdk.regions.Region;

/**
 * How this process speaks to Amazon. Everything that the SDK has a default for which may change is said: how often and how a call is tried
 * again, how long it may take, and whose credentials it carries.
 *
 * @param region the region that is asked
 * @param service name of the service in {@code AWS_ENDPOINT_URL_SERVICE}, which may point elsewhere
 * @param attempts how often a call is tried in all
 * @param longestCall how long it may take with all tries
 */
public record AwsConnection(String region, String service, int attempts, Duration longestCall) {
    /** Some of them come with the status of a request that is malformed. */
    private static final Pattern CREDENTIALS =
            Pattern.compile("AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|SignatureDoesNotMatch"
                    + "|InvalidClientTokenId|RequestExpired|RequestTimeTooSkewed|IncompleteSignature");

    /** A signature holds for five minutes before and after the service's clock. */
    private static final Pattern CLOCK =
            Pattern.compile("RequestExpired|RequestTimeTooSkewed|Signature (expired|not yet current)");

    private static final String PROGRAM = "finetune4j";
    private static final int BRIEF_SECONDS = 30;

    /** A connection by which somebody looks who waits: two tries, and an answer within half a minute. */
    public static AwsConnection brief(String region, String service) {
        return new AwsConnection(region, service, 2, Duration.ofSeconds(BRIEF_SECONDS));
    }

    /**
     * The region that is meant, if it is known.
     *
     * @param settings what a job says of its place
     */
    public static Optional<String> region(Map<String, String> settings, Map<String, String> environment) {
        return Optional.ofNullable(settings.get(PlaceSettings.REGION))
                .or(() -> Optional.ofNullable(environment.get("AWS_REGION")))
                .or(() -> Optional.ofNullable(environment.get("AWS_DEFAULT_REGION")))
                .or(() -> CredentialChain.profile(environment)
                        .flatMap(profile -> profile.property(ProfileProperty.REGION)))
                .filter(region -> !region.isBlank());
    }

    /** Opens a client, with the credentials of the environment, a profile or the machine. Asks nothing yet. */
    public <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C open(
            B builder, ProviderContext context) {
        Map<String, String> environment = context.environment();
        builder.region(Region.of(region))
                .httpClientBuilder(CheckedHttpClient.builder())
                .credentialsProvider(credentials(environment))
                .overrideConfiguration(settings -> settings.apiCallTimeout(longestCall)
                        .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_PREFIX, PROGRAM)
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(attempts)
                                .build()));
        if (Boolean.parseBoolean(environment.get("AWS_USE_FIPS_ENDPOINT"))) {
            builder.fipsEnabled(true); // otherwise a profile may say so
        }
        elsewhere(environment).ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** Whether the environment names another place than Amazon's own for this service. */
    public boolean isElsewhere(ProviderContext context) {
        return elsewhere(context.environment()).isPresent();
    }

    private Optional<URI> elsewhere(Map<String, String> environment) {
        return Optional.ofNullable(
                        environment.getOrDefault("AWS_ENDPOINT_URL_" + service, environment.get("AWS_ENDPOINT_URL")))
                .filter(address -> !address.isEmpty())
                .map(URI::create);
    }

    private static AwsCredentialsProvider credentials(Map<String, String> environment) {
        String id = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        String secret = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        String token = environment.getOrDefault("AWS_SESSION_TOKEN", "");
        if (id.isEmpty() || secret.isEmpty()) {
            return new CredentialChain(environment);
        }
        return StaticCredentialsProvider.create(
                token.isEmpty()
                        ? AwsBasicCredentials.create(id, secret)
                        : AwsSessionCredentials.create(id, secret, token));
    }

    /** Whether a call failed for want of credentials that the service knows and lets in. */
    public static boolean isAboutCredentials(RuntimeException failure) {
        if (failure instanceof AwsServiceException answer) {
            return answer.statusCode() == 401
                    || answer.statusCode() == 403
                    || CREDENTIALS.matcher(code(answer)).lookingAt();
        }
        return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("credentials");
    }

    /** What is wrong where {@link #isAboutCredentials}: that there are none, or that they are not accepted. */
    public static String credentialsSummary(RuntimeException failure) {
        return CredentialChain.isWithout(reason(failure))
                ? "there are no credentials for Amazon"
                : "Amazon does not accept the credentials";
    }

    /** The one thing to do where {@link #isAboutCredentials}. */
    public static String credentialsRemedy(RuntimeException failure) {
        Optional<String> missing = CredentialChain.remedy(reason(failure));
        if (missing.isPresent()) {
            return missing.get();
        }
        if (CLOCK.matcher(reason(failure)).find()) {
            return "sudo timedatectl set-ntp true    # the clock of this machine is wrong";
        }
        return code(failure).startsWith("ExpiredToken") ? "aws sso login" : "aws sts get-caller-identity";
    }

    /** The name of a service's error; empty where it gave none. */
    public static String code(RuntimeException failure) {
        return failure instanceof AwsServiceException answer
                        && answer.awsErrorDetails() != null
                        && answer.awsErrorDetails().errorCode() != null
                ? answer.awsErrorDetails().errorCode()
                : "";
    }

    /** Why a call failed, in the service's words where it gave any; without the request's id, which says nothing to the reader. */
    public static String reason(RuntimeException failure) {
        if (failure instanceof AwsServiceException answer && answer.awsErrorDetails() != null) {
            return code(answer) + ": " + answer.awsErrorDetails().errorMessage();
        }
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason");
    }
}
