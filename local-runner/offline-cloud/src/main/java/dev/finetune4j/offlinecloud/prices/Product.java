package dev.finetune4j.offlinecloud.prices;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that has a price.
 *
 * @param service code of the service that sells it, such as {@code AmazonSageMaker}
 * @param region where
 * @param usageType the list's name of it, such as {@code USE1-Train:ml.g5.xlarge}
 * @param unit what is paid for, such as {@code Hrs}
 * @param usd price of one unit in USD, as a decimal number
 * @param date since when
 */
public record Product(String service, String region, String usageType, String unit, String usd, LocalDate date) {
    private static final String TRAINING = "-Train:ml.";
    private static final String ON_DEMAND = "JRTCKXETXF";
    private static final String RATE = "6YS6EN2CT7";
    private static final int SKU_CHARACTERS = 16;

    /** What clients can ask for it by. */
    Map<String, String> attributes() {
        Map<String, String> attributes = new TreeMap<>(Map.of(
                "servicecode", service, "regionCode", region, "locationType", "AWS Region", "usagetype", usageType));
        int colon = usageType.indexOf(TRAINING);
        if (colon >= 0) {
            String machine = usageType.substring(usageType.indexOf(':') + 1);
            attributes.putAll(Map.of(
                    "operation",
                    "RunInstance",
                    "component",
                    "Training",
                    "instanceName",
                    machine,
                    "instanceType",
                    machine + "-Training",
                    "platoinstancename",
                    machine.split("\\.")[1],
                    "platoinstancetype",
                    "Training"));
        }
        return attributes;
    }

    /** An element of the list, which is JSON within JSON. */
    String json() {
        String sku = sku();
        ObjectNode element = Json.records().createObjectNode();
        ObjectNode product = element.putObject("product");
        product.put("productFamily", usageType.contains(TRAINING) ? "ML Instance" : "Amazon Bedrock");
        product.put("sku", sku);
        attributes().forEach(product.putObject("attributes")::put);
        element.put("serviceCode", service);
        ObjectNode term = element.putObject("terms").putObject("OnDemand").putObject(sku + "." + ON_DEMAND);
        term.put("offerTermCode", ON_DEMAND).put("sku", sku).put("effectiveDate", date + "T00:00:00Z");
        term.putObject("termAttributes");
        term.putObject("priceDimensions")
                .putObject(sku + "." + ON_DEMAND + "." + RATE)
                .put("rateCode", sku + "." + ON_DEMAND + "." + RATE)
                .put("unit", unit)
                .put("beginRange", "0")
                .put("endRange", "Inf")
                .put("description", "$" + usd + " per " + unit + " of " + usageType)
                .putObject("pricePerUnit")
                .put("USD", usd);
        element.put("version", date.toString().replace("-", "") + "000000");
        element.put("publicationDate", date + "T00:00:00Z");
        return element.toString();
    }

    /** As opaque as the list's own, and the same at each start. */
    private String sku() {
        long mixed = 31L * usageType.hashCode() + service.hashCode();
        String letters = Long.toString(Math.abs(mixed), Character.MAX_RADIX).toUpperCase(Locale.ROOT);
        return (letters + "0".repeat(SKU_CHARACTERS)).substring(0, SKU_CHARACTERS);
    }
}
