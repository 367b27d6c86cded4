package dev.finetune4j.azure.price;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The Azure Retail Prices API: all prices of the public cloud, without an account. */
public final class RetailPrices {
    /** Where Microsoft answers. */
    public static final URI ADDRESS = URI.create("https://prices.azure.com/api/retail/prices");

    /** From this version on, values in filters are case-sensitive. */
    private static final String VERSION = "2023-01-01-preview";

    private static final int ATTEMPTS = 3;
    private static final int MOST_PAGES = 100;
    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

    private final URI address;
    private final Duration pause;
    private final Clock clock;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(LONGEST_CALL)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /**
     * A client.
     *
     * @param address of the list
     * @param pause before the second try; doubles before the third
     * @param clock for the day on which it is asked
     */
    public RetailPrices(URI address, Duration pause, Clock clock) {
        this.address = address;
        this.pause = pause;
        this.clock = clock;
    }

    private record Page(
            @Nullable List<RetailPrice> Items, @Nullable String NextPageLink) {}

    /** The day on which it is asked. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /**
     * Every item without a commitment whose fields have these values, over all pages, in USD.
     *
     * @throws FineTuneException with FT0821 if there is no whole answer
     */
    public List<RetailPrice> items(Map<String, String> fields) {
        Map<String, String> wanted = new TreeMap<>(fields);
        wanted.put("priceType", "Consumption");
        String filter = wanted.entrySet().stream()
                .map(field -> field.getKey() + " eq '" + field.getValue() + "'")
                .collect(Collectors.joining(" and "));
        URI next = URI.create(address + "?api-version=" + VERSION + "&$filter="
                + URLEncoder.encode(filter, StandardCharsets.UTF_8).replace("+", "%20"));
        List<RetailPrice> items = new ArrayList<>();
        try {
            for (int pages = 1; ; pages++) {
                Page page = page(next);
                if (page.Items() == null) {
                    throw new IOException("the answer has no Items");
                }
                page.Items().stream()
                        .filter(item ->
                                item.currencyCode().equals("USD") && item.type().equals("Consumption"))
                        .forEach(items::add);
                if (page.NextPageLink() == null || page.NextPageLink().isEmpty()) {
                    return items;
                }
                if (pages == MOST_PAGES) {
                    throw new IOException("there are more than " + MOST_PAGES + " pages");
                }
                next = sameHost(page.NextPageLink());
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw AzurePriceProblems.UNREACHABLE
                    .error("the retail prices of " + String.join(", ", new TreeMap<>(fields).values())
                            + " cannot be had")
                    .because(reason(e))
                    .retry(Retry.after(Duration.ofMinutes(1)))
                    .asException(e);
        }
    }

    private URI sameHost(String link) throws IOException {
        URI next = URI.create(link);
        boolean isSame = address.getScheme().equals(next.getScheme())
                && address.getHost().equals(next.getHost())
                && (address.getPort() == next.getPort() || next.getPort() == 443);
        if (!isSame) {
            throw new IOException("the next page is elsewhere: " + next.getHost());
        }
        return next;
    }

    private Page page(URI uri) throws IOException {
        Duration wait = pause;
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(uri).timeout(LONGEST_CALL).build(),
                        BodyHandlers.ofString(StandardCharsets.UTF_8));
                if (answer.statusCode() == 200) {
                    return Json.read(answer.body(), Page.class);
                }
                boolean mayPass = answer.statusCode() == 429 || answer.statusCode() >= 500;
                if (!mayPass || attempt == ATTEMPTS) {
                    throw new IOException("HTTP " + answer.statusCode() + " (" + attempt + " tries)");
                }
                Thread.sleep(wait.toMillis());
                wait = wait.multipliedBy(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    private static String reason(Exception failure) {
        boolean isUnreadable = failure instanceof UncheckedIOException;
        Throwable cause = Objects.requireNonNullElse(isUnreadable ? failure.getCause() : null, failure);
        if (cause instanceof ConnectException) {
            return "nobody answers there";
        }
        String message = Objects.requireNonNullElse(
                        cause.getMessage(), cause.getClass().getSimpleName())
                .lines()
                .findFirst()
                .orElse("no reason");
        return isUnreadable ? "the answer is not whole: " + message : message;
    }
}
