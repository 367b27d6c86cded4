package dev.finetune4j.azure;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.spi.OfferSource.Refreshed;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.Money;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AzureRefreshTest {
    private static final String PATH = "/api/retail/prices";
    private static final String A100 = "Standard_NC24ads_A100_v4";
    private static final String HELD = "azure-ml/eastus/" + A100 + "/on-demand";
    private static final String LOW = "azure-ml/eastus/" + A100 + "/low-priority";

    private final WireMockServer server = new WireMockServer(options().dynamicPort());

    @BeforeEach
    void start() {
        server.start();
        server.stubFor(get(urlPathEqualTo(PATH)).willReturn(page(null)));
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void tellsHeldFromLowPriorityFromSpotFromWindows() {
        machine(page(
                null,
                vm("3.5", "NC24ads A100 v4", "Virtual Machines NCads A100 v4", true),
                vm("1.1", "NC24ads A100 v4 Spot", "Virtual Machines NCads A100 v4", true),
                vm("0.7", "NC24ads A100 v4 Low Priority", "Virtual Machines NCads A100 v4", true),
                vm("9.9", "NC24ads A100 v4", "Virtual Machines NCads A100 v4 Windows", true)));

        Refreshed refreshed = refresh();

        assertThat(price(refreshed, HELD)).hasValueSatisfying(price -> {
            assertThat(price.amount()).isEqualTo(Money.parse("3.5 USD"));
            assertThat(price.date()).isEqualTo(LocalDate.of(2026, 11, 24));
            assertThat(price.isEstimate()).isFalse();
        });
        assertThat(price(refreshed, LOW)).hasValueSatisfying(price -> {
            assertThat(price.amount()).isEqualTo(Money.parse("0.7 USD"));
            assertThat(price.isEstimate()).isFalse();
        });
    }

    @Test
    void followsEveryPage() {
        machine(page(link("?page=2"), vm("3.5", "NC24ads A100 v4", "Virtual Machines NCads A100 v4", true)));
        server.stubFor(get(urlPathEqualTo(PATH))
                .withQueryParam("page", equalTo("2"))
                .willReturn(
                        page("", vm("0.6", "NC24ads A100 v4 Low Priority", "Virtual Machines NCads A100 v4", true))));

        assertThat(price(refresh(), LOW))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("0.6 USD")));
    }

    @Test
    void ofTwoMetersTheOneThatBillsCounts() {
        machine(page(
                null,
                vm("3.5", "NC24ads A100 v4", "Virtual Machines NCads A100 v4", true),
                vm("4.5", "NC24ads A100 v4", "Virtual Machines NCads A100 v4", false)));
        assertThat(price(refresh(), HELD))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("3.5 USD")));

        machine(page(
                null,
                vm("3.5", "NC24ads A100 v4", "Virtual Machines NCads A100 v4", true),
                vm("4.5", "NC24ads A100 v4", "Virtual Machines NCads A100 v4", true)));
        Refreshed ambiguous = refresh();
        assertThat(price(ambiguous, HELD)).isEqualTo(known(HELD));
        assertThat(summaries(ambiguous))
                .anySatisfy(summary -> assertThat(summary).contains("2 prices for eastus/" + A100));
    }

    @Test
    void tokensArePricedByTheMillion() {
        server.stubFor(get(urlPathEqualTo(PATH))
                .withQueryParam("$filter", containing("productName eq 'Azure OpenAI'"))
                .willReturn(page(
                        null,
                        meter("gpt-4.1 FT Training global Tokens", "0.0240", "1K"),
                        meter("gpt-4.1-mini FT Training global Tokens", "5", "1B"))));

        Refreshed refreshed = refresh();

        assertThat(price(refreshed, "azure-openai/eastus2/gpt-4.1/global"))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("24 USD")));
        assertThat(price(refreshed, "azure-openai/eastus2/gpt-4.1-mini/global"))
                .isEqualTo(known("azure-openai/eastus2/gpt-4.1-mini/global"));
        assertThat(summaries(refreshed))
                .contains("the retail prices have no one price of tuning gpt-4.1-mini (global)");
    }

    @Test
    void halfAPageIsNoAnswer() {
        String whole = pageText(null, vm("9.9", "NC24ads A100 v4", "Virtual Machines NCads A100 v4", true));
        for (ResponseDefinitionBuilder broken : List.of(
                aResponse().withBody(whole.substring(0, whole.length() / 2)),
                aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE),
                aResponse().withBody("{}"),
                aResponse().withBody("<html>"),
                aResponse().withBody(whole.replace("retailPrice", "price")),
                page("https://elsewhere.example/next", vm("9.9", "NC24ads A100 v4", "P", true)))) {
            server.stubFor(get(urlPathEqualTo(PATH))
                    .withQueryParam("$filter", containing("Standard_NC4as_T4_v3"))
                    .willReturn(page(null, vm("0.5", "NC4as T4 v3", "P", true, "Standard_NC4as_T4_v3"))));
            machine(broken);

            Refreshed refreshed = refresh();

            assertThat(price(refreshed, HELD)).isEqualTo(known(HELD));
            assertThat(refreshed.problems()).anySatisfy(problem -> {
                assertThat(problem.code()).isEqualTo("FT0821");
                assertThat(problem.summary())
                        .isEqualTo("the retail prices of " + A100 + ", Virtual Machines cannot be had");
                assertThat(problem.isError()).isFalse();
            });
            assertThat(price(refreshed, "azure-ml/eastus/Standard_NC4as_T4_v3/on-demand"))
                    .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("0.5 USD")));
        }
    }

    @Test
    void aFailureThatPassesIsTriedAgain() {
        server.stubFor(get(urlPathEqualTo(PATH))
                .withQueryParam("$filter", containing(A100))
                .inScenario("busy")
                .whenScenarioStateIs(Scenario.STARTED)
                .willSetStateTo("free")
                .willReturn(aResponse().withStatus(429)));
        server.stubFor(get(urlPathEqualTo(PATH))
                .withQueryParam("$filter", containing(A100))
                .inScenario("busy")
                .whenScenarioStateIs("free")
                .willReturn(page(null, vm("3.4", "NC24ads A100 v4", "P", true))));

        assertThat(price(refresh(), HELD))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("3.4 USD")));
    }

    @Test
    void anEmptyListLeavesWhatWasKnownAndSaysSo() {
        Refreshed refreshed = refresh();

        assertThat(refreshed.offers()).isEqualTo(new AzureOfferSource().offers());
        assertThat(refreshed.problems()).extracting(Problem::code).containsOnly("FT0822");
        assertThat(summaries(refreshed)).contains("the retail prices have no " + A100);
    }

    @Test
    void nobodyThereIsAFailure() {
        server.stop();

        FineTuneException failure = catchThrowableOfType(FineTuneException.class, this::refresh);

        assertThat(failure.problems().get(0).code()).isEqualTo("FT0821");
        assertThat(failure.exitCode()).isEqualTo(ExitCode.CAPACITY);
    }

    private Refreshed refresh() {
        AzureOfferSource source = new AzureOfferSource(URI.create(link("")), Duration.ofMillis(1));
        Clock clock = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
        return source.refresh(new ProviderContext(Path.of("unused"), Map.of(), clock), source.offers());
    }

    private String link(String query) {
        return "http://localhost:" + (server.isRunning() ? server.port() : 1) + PATH + query;
    }

    private void machine(ResponseDefinitionBuilder answer) {
        server.stubFor(get(urlPathEqualTo(PATH))
                .withQueryParam("api-version", equalTo("2023-01-01-preview"))
                .withQueryParam(
                        "$filter",
                        equalTo("armSkuName eq '" + A100
                                + "' and priceType eq 'Consumption' and serviceName eq 'Virtual Machines'"))
                .willReturn(answer));
    }

    private static ResponseDefinitionBuilder page(@Nullable String next, Map<?, ?>... items) {
        return aResponse().withHeader("Content-Type", "application/json").withBody(pageText(next, items));
    }

    private static String pageText(@Nullable String next, Map<?, ?>... items) {
        Map<String, Object> page = new HashMap<>();
        page.put("BillingCurrency", "USD");
        page.put("CustomerEntityId", "Default");
        page.put("CustomerEntityType", "Retail");
        page.put("Items", List.of(items));
        page.put("NextPageLink", next);
        page.put("Count", items.length);
        return Json.line(page);
    }

    private static Map<String, Object> vm(String price, String sku, String product, boolean isPrimary) {
        return vm(price, sku, product, isPrimary, A100);
    }

    private static Map<String, Object> vm(String price, String sku, String product, boolean isPrimary, String size) {
        Map<String, Object> item = item(price, "1 Hour", sku, product);
        item.put("serviceName", "Virtual Machines");
        item.put("armRegionName", "eastus");
        item.put("armSkuName", size);
        item.put("skuName", sku);
        item.put("isPrimaryMeterRegion", isPrimary);
        return item;
    }

    private static Map<String, Object> meter(String name, String price, String unit) {
        return item(price, unit, name, "Azure OpenAI");
    }

    private static Map<String, Object> item(String price, String unit, String meter, String product) {
        Map<String, Object> item = new HashMap<>();
        item.put("currencyCode", "USD");
        item.put("tierMinimumUnits", 0.0);
        item.put("retailPrice", new BigDecimal(price));
        item.put("unitPrice", new BigDecimal(price));
        item.put("armRegionName", "eastus2");
        item.put("location", "US East 2");
        item.put("effectiveStartDate", "2026-05-01T00:00:00Z");
        item.put("meterId", "00000000-0000-0000-0000-000000000000");
        item.put("meterName", meter);
        item.put("productName", product);
        item.put("skuName", meter);
        item.put("serviceFamily", "Compute");
        item.put("unitOfMeasure", unit);
        item.put("type", "Consumption");
        item.put("isPrimaryMeterRegion", true);
        item.put("armSkuName", "");
        return item;
    }

    private static List<String> summaries(Refreshed refreshed) {
        return refreshed.problems().stream().map(Problem::summary).toList();
    }

    private static Optional<PriceFact> known(String id) {
        return price(new AzureOfferSource().offers(), id);
    }

    private static Optional<PriceFact> price(Refreshed refreshed, String id) {
        return price(refreshed.offers(), id);
    }

    private static Optional<PriceFact> price(List<Offer> offers, String id) {
        return offers.stream()
                .filter(offer -> offer.id().equals(id))
                .findFirst()
                .orElseThrow()
                .price();
    }
}
