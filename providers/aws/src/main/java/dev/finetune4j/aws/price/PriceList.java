package dev.finetune4j.aws.price;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.ProviderContext;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.pricing.PricingClient;
import software.amazon.awssdk.services.pricing.PricingClientBuilder;
import software.amazon.awssdk.services.pricing.model.Filter;
import software.amazon.awssdk.services.pricing.model.FilterType;
import software.amazon.awssdk.services.pricing.model.GetProductsResponse;

/** The AWS Price List API. */
public final class PriceList implements AutoCloseable {
    /** Few regions answer; what they answer is the same. */
    private static final Region ENDPOINT = Region.US_EAST_1;

    private static final int PAGE_SIZE = 100;
    private static final int MOST_PAGES = 100;
    private static final int ATTEMPTS = 3;
    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

    private final PricingClient client;
    private final Clock clock;

    private PriceList(PricingClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** The list, with the credentials of the environment or of {@code ~/.aws}. Asks nothing yet. */
    public static PriceList open(ProviderContext context) {
        PricingClientBuilder builder = PricingClient.builder()
                .region(ENDPOINT)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .credentialsProvider(credentials(context.environment()))
                .overrideConfiguration(settings -> settings.apiCallTimeout(LONGEST_CALL)
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build()));
        String elsewhere = context.environment().getOrDefault("AWS_ENDPOINT_URL_PRICING", "");
        if (!elsewhere.isEmpty()) {
            builder.endpointOverride(URI.create(elsewhere));
        }
        return new PriceList(builder.build(), context.clock());
    }

    private static AwsCredentialsProvider credentials(Map<String, String> environment) {
        String id = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        String secret = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        String token = environment.getOrDefault("AWS_SESSION_TOKEN", "");
        if (id.isEmpty() || secret.isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        return StaticCredentialsProvider.create(
                token.isEmpty()
                        ? AwsBasicCredentials.create(id, secret)
                        : AwsSessionCredentials.create(id, secret, token));
    }

    /** The day on which it is asked. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /**
     * Every product of a service whose attributes have these values, over all pages.
     *
     * @throws FineTuneException with FT0811 if the credentials will not do, FT0812 if there is no whole answer
     */
    public List<PriceListProduct> products(String service, Map<String, String> attributes) {
        List<Filter> filters = new TreeMap<>(attributes)
                .entrySet().stream()
                        .map(entry -> Filter.builder()
                                .type(FilterType.TERM_MATCH)
                                .field(entry.getKey())
                                .value(entry.getValue())
                                .build())
                        .toList();
        List<PriceListProduct> products = new ArrayList<>();
        try {
            int pages = 0;
            for (GetProductsResponse page : client.getProductsPaginator(
                    request -> request.serviceCode(service).filters(filters).maxResults(PAGE_SIZE))) {
                if (++pages > MOST_PAGES) {
                    throw new IllegalArgumentException("there are more than " + MOST_PAGES + " pages");
                }
                page.priceList().stream().map(PriceListProduct::parse).forEach(products::add);
            }
            return products;
        } catch (SdkException | IllegalArgumentException e) {
            throw told(e, service + " " + new TreeMap<>(attributes));
        }
    }

    private static FineTuneException told(RuntimeException failure, String asked) {
        if (isAboutCredentials(failure)) {
            return AwsPriceProblems.NO_CREDENTIALS
                    .error("Amazon tells no prices: " + reason(failure))
                    .asException(failure);
        }
        return AwsPriceProblems.UNREACHABLE
                .error("the price list of " + asked + " cannot be had")
                .because(reason(failure))
                .retry(Retry.after(Duration.ofMinutes(1)))
                .asException(failure);
    }

    private static boolean isAboutCredentials(RuntimeException failure) {
        if (failure instanceof AwsServiceException answer) {
            return answer.statusCode() == 401
                    || answer.statusCode() == 403
                    || reason(failure).matches("(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature).*");
        }
        return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("credentials");
    }

    /** The first line, without the request's id, which says nothing to the reader. */
    private static String reason(RuntimeException failure) {
        if (failure instanceof AwsServiceException answer && answer.awsErrorDetails() != null) {
            return answer.awsErrorDetails().errorCode() + ": "
                    + answer.awsErrorDetails().errorMessage();
        }
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason");
    }

    @Override
    public void close() {
        client.close();
    }
}
