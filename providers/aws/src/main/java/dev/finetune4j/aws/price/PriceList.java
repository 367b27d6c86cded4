package dev.finetune4j.aws.price;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.ProviderContext;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.pricing.PricingClient;
import software.amazon.awssdk.services.pricing.model.Filter;
import software.amazon.awssdk.services.pricing.model.FilterType;
import software.amazon.awssdk.services.pricing.model.GetProductsResponse;

/** The AWS Price List API. */
public final class PriceList implements AutoCloseable {
    /** Few regions answer; what they answer is the same. */
    private static final AwsConnection CONNECTION =
            new AwsConnection("us-east-1", "PRICING", 3, Duration.ofSeconds(30));

    private static final int PAGE_SIZE = 100;
    private static final int MOST_PAGES = 100;

    private final PricingClient client;
    private final Clock clock;

    private PriceList(PricingClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** The list, with the credentials of the environment or of {@code ~/.aws}. Asks nothing yet. */
    public static PriceList open(ProviderContext context) {
        return new PriceList(CONNECTION.open(PricingClient.builder(), context), context.clock());
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
        if (AwsConnection.isAboutCredentials(failure)) {
            return AwsPriceProblems.NO_CREDENTIALS
                    .error("Amazon tells no prices: " + AwsConnection.reason(failure))
                    .asException(failure);
        }
        return AwsPriceProblems.UNREACHABLE
                .error("the price list of " + asked + " cannot be had")
                .because(AwsConnection.reason(failure))
                .retry(Retry.after(Duration.ofMinutes(1)))
                .asException(failure);
    }

    @Override
    public void close() {
        client.close();
    }
}
