package dev.finetune4j.aws.price;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One product of the price list.
 *
 * @param attributes what it is, by Amazon's names
 * @param onDemand its prices in USD without a commitment
 */
public record PriceListProduct(Map<String, String> attributes, List<Rate> onDemand) {
    /**
     * One price.
     *
     * @param unit what is paid for, in Amazon's words, such as {@code Hrs}
     * @param amount in USD
     */
    public record Rate(String unit, BigDecimal amount) {}

    /** Copies its parts. */
    public PriceListProduct {
        attributes = Map.copyOf(attributes);
        onDemand = List.copyOf(onDemand);
    }

    /**
     * Reads an element of {@code PriceList}, which is JSON within JSON. Keys of terms and dimensions are opaque.
     *
     * @throws IllegalArgumentException if it is not of that shape
     */
    static PriceListProduct parse(String json) {
        JsonNode tree;
        try {
            tree = Json.read(json, JsonNode.class);
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException("a product is not JSON: " + e.getMessage(), e);
        }
        Map<String, String> attributes = new TreeMap<>();
        tree.at("/product/attributes")
                .properties()
                .forEach(
                        entry -> attributes.put(entry.getKey(), entry.getValue().asText()));
        if (attributes.isEmpty()) {
            throw new IllegalArgumentException("a product has no attributes");
        }
        List<Rate> rates = new ArrayList<>();
        for (JsonNode term : tree.at("/terms/OnDemand")) {
            for (JsonNode dimension : term.path("priceDimensions")) {
                String amount = dimension.at("/pricePerUnit/USD").asText();
                if (!amount.isEmpty()) { // China is in CNY
                    rates.add(new Rate(dimension.path("unit").asText(), new BigDecimal(amount).stripTrailingZeros()));
                }
            }
        }
        return new PriceListProduct(attributes, rates);
    }

    /** An attribute; empty where the product has none of that name. */
    public String attribute(String name) {
        return attributes.getOrDefault(name, "");
    }
}
