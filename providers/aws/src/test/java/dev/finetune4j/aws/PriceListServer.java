package dev.finetune4j.aws;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.matching.StringValuePattern;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.ProviderContext;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers as the AWS Price List API does, in the shapes that were recorded from it. */
final class PriceListServer implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private final WireMockServer server = new WireMockServer(options().dynamicPort());

    PriceListServer() {
        server.start();
        answer(any(), page(null)); // whatever a test does not name is not listed
    }

    ProviderContext context() {
        Map<String, String> environment = Map.of(
                "AWS_ENDPOINT_URL_PRICING", server.baseUrl(),
                "AWS_ACCESS_KEY_ID", "id-of-nobody",
                "AWS_SECRET_ACCESS_KEY", "secret-of-nobody");
        return new ProviderContext(Path.of("unused"), environment, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    ProviderContext withoutCredentials() {
        return new ProviderContext(
                Path.of("unused"),
                Map.of("AWS_ENDPOINT_URL_PRICING", server.baseUrl()),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    int calls() {
        return server.getAllServeEvents().size();
    }

    /** Training machines of a region, in pages. */
    @SafeVarargs
    final void training(String region, List<String>... pages) {
        paged(
                () -> any().withRequestBody(having("regionCode", region))
                        .withRequestBody(having("component", "Training")),
                pages);
    }

    void training(String region, ResponseDefinitionBuilder answer) {
        answer(any().withRequestBody(having("regionCode", region)), answer);
    }

    /** The second page of a region is this. */
    void secondPage(String region, ResponseDefinitionBuilder answer) {
        answer(any().withRequestBody(having("regionCode", region)).withRequestBody(token("page-1")), answer);
    }

    void bedrock(String usageType, String... products) {
        answer(any().withRequestBody(having("usagetype", usageType)), page(null, products));
    }

    void everything(ResponseDefinitionBuilder answer) {
        answer(any(), answer);
    }

    @SafeVarargs
    private void paged(Supplier<MappingBuilder> request, List<String>... pages) {
        for (int i = 0; i < pages.length; i++) {
            String next = i + 1 < pages.length ? "page-" + (i + 1) : null;
            MappingBuilder asked = request.get();
            answer(
                    i == 0 ? asked : asked.withRequestBody(token("page-" + i)),
                    page(next, pages[i].toArray(String[]::new)));
        }
    }

    private void answer(MappingBuilder request, ResponseDefinitionBuilder answer) {
        server.stubFor(request.willReturn(answer));
    }

    private static MappingBuilder any() {
        return post(anyUrl()).withHeader("X-Amz-Target", equalTo("AWSPriceListService.GetProducts"));
    }

    private static StringValuePattern having(String field, String value) {
        return matchingJsonPath(
                "$.Filters[?(@.Field == '" + field + "' && @.Value == '" + value + "' && @.Type == 'TERM_MATCH')]");
    }

    private static StringValuePattern token(String value) {
        return matchingJsonPath("$.NextToken", equalTo(value));
    }

    static ResponseDefinitionBuilder page(@Nullable String next, String... products) {
        return json(pageText(next, products));
    }

    static String pageText(@Nullable String next, String... products) {
        Map<String, Object> page = new HashMap<>();
        page.put("FormatVersion", "aws_v1");
        page.put("PriceList", new ArrayList<>(List.of(products)));
        if (next != null) {
            page.put("NextToken", next);
        }
        return Json.line(page);
    }

    static ResponseDefinitionBuilder json(String body) {
        return aResponse()
                .withHeader("Content-Type", "application/x-amz-json-1.1")
                .withHeader("x-amzn-RequestId", "7a62c49f-347e-4fc4-9331-6e8e7f2c2b5a")
                .withBody(body);
    }

    static ResponseDefinitionBuilder error(int status, String type, String message) {
        return json(Json.line(Map.of("__type", type, "Message", message))).withStatus(status);
    }

    /** A machine as the list has it: JSON within JSON, with opaque keys. */
    static String machine(String type, String amount) {
        return product(
                Map.of(
                        "instanceName",
                        type,
                        "component",
                        "Training",
                        "locationType",
                        "AWS Region",
                        "usagetype",
                        "USE1-Train:" + type),
                "Hrs",
                amount);
    }

    static String product(Map<String, String> attributes, String unit, String amount) {
        Map<String, Object> dimension =
                Map.of("unit", unit, "beginRange", "0", "endRange", "Inf", "pricePerUnit", Map.of("USD", amount));
        Map<String, Object> term =
                Map.of("effectiveDate", "2026-09-01T00:00:00Z", "priceDimensions", Map.of("SKU.TERM.RATE", dimension));
        return Json.line(Map.of(
                "product", Map.of("productFamily", "ML Instance", "sku", "SKU", "attributes", attributes),
                "serviceCode", "AmazonSageMaker",
                "terms", Map.of("OnDemand", Map.of("SKU.TERM", term)),
                "version", "20260924000000",
                "publicationDate", "2026-09-24T00:00:00Z"));
    }

    @Override
    public void close() {
        server.stop();
    }
}
