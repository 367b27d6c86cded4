package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.spi.Diagnosis;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How many cores of a machine's family Azure ML lets the subscription use at once in a region; of low priority there is one pool for all. The
 * lists of the region are asked for once.
 */
final class MachineQuota {
    /** What is looked at. */
    static final String NAME = "quota";

    private static final String LOW_PRIORITY = "TotalLowPriorityCores";

    private final AzureMlOptions options;
    private final List<JsonNode> sizes;
    private final List<JsonNode> usages;

    /**
     * The quotas of the options' region as they are now.
     *
     * @param ofRegion gives the region's list of a name
     * @throws dev.finetune4j.error.FineTuneException if the service does not tell
     */
    MachineQuota(AzureMlOptions options, Function<String, List<JsonNode>> ofRegion) {
        this.options = options;
        sizes = ofRegion.apply("vmSizes");
        usages = ofRegion.apply("usages");
    }

    /** Whether one machine of the options' size fits into what is left. */
    Diagnosis diagnosis() {
        return diagnosis(options.machine(), options.isSpot());
    }

    /**
     * Whether one machine fits into what is left.
     *
     * @param isSpot whether it may be taken back
     */
    Diagnosis diagnosis(String machine, boolean isSpot) {
        Optional<JsonNode> size = sizes.stream()
                .filter(one -> one.path("name").asText().equalsIgnoreCase(machine))
                .findFirst();
        if (size.isEmpty()) {
            return Diagnosis.fail(
                    NAME,
                    "no " + machine + " is let in " + options.region() + " to this subscription",
                    "finetune offers --target azure-ml --region " + options.region());
        }
        String family = size.get().path("family").asText();
        int cores = size.get().path("vCPUs").asInt();
        Predicate<String> isMeant = isSpot
                ? quota -> quota.contains("lowpriority")
                : quota ->
                        quota.contains("dedicated") && !letters(family).isEmpty() && quota.startsWith(letters(family));
        return usages.stream()
                .filter(one -> isMeant.test(letters(one.at("/name/value").asText())))
                .findFirst()
                .map(quota -> diagnosis(
                        quota,
                        machine + " needs " + cores + " cores of " + (isSpot ? "low priority" : bare(family)),
                        cores,
                        isSpot ? LOW_PRIORITY : family))
                .orElseGet(() -> Diagnosis.unknown(
                        NAME,
                        "the list of quotas in " + options.region() + " has none of "
                                + (letters(family).isEmpty() ? machine + ", whose family is not told" : family),
                        "az ml compute list-usage --location " + options.region()));
    }

    /** Names of quotas are written with spaces and hyphens as it comes. */
    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** A family as people call it, such as NCADSA100v4. */
    private static String bare(String family) {
        return family.replaceFirst("(?i)^standard", "").replaceFirst("(?i)Family$", "");
    }

    private Diagnosis diagnosis(JsonNode quota, String need, int cores, String resource) {
        int limit = quota.path("limit").asInt();
        int used = quota.path("currentValue").asInt();
        String found = need + " in " + options.region() + ", you have " + limit
                + (used == 0 ? "" : ", of which " + used + " are in use");
        if (limit - used >= cores) {
            return Diagnosis.ok(NAME, found);
        }
        return limit >= cores
                ? Diagnosis.warn(NAME, found, "finetune gc JOB")
                : Diagnosis.fail(
                        NAME,
                        found,
                        String.join(
                                " ",
                                List.of(
                                        "az quota create --resource-name",
                                        resource,
                                        "--limit-object value=" + cores,
                                        "--scope /subscriptions/" + options.subscription()
                                                + "/providers/Microsoft.MachineLearningServices/locations/"
                                                + options.region())));
    }
}
