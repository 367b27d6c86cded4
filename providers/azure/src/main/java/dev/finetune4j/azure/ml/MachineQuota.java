package dev.finetune4j.azure.ml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.spi.Diagnosis;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** How many cores of a machine's family Azure ML lets the subscription use at once in a region; of low priority there is one pool for all. */
final class MachineQuota {
    private static final String LOW_PRIORITY = "TotalLowPriorityCores";

    private final AzureMlOptions options;
    private final CommandJobs jobs;

    MachineQuota(AzureMlOptions options, CommandJobs jobs) {
        this.options = options;
        this.jobs = jobs;
    }

    /**
     * Whether one machine of the job's size fits into what is left.
     *
     * @throws dev.finetune4j.error.FineTuneException if the service does not tell
     */
    Diagnosis diagnosis(String name) {
        Optional<JsonNode> size = jobs.ofRegion("vmSizes").stream()
                .filter(one -> one.path("name").asText().equalsIgnoreCase(options.machine()))
                .findFirst();
        if (size.isEmpty()) {
            return Diagnosis.fail(
                    name,
                    "no " + options.machine() + " is let in " + options.region() + " to this subscription",
                    "finetune offers --target azure-ml --region " + options.region());
        }
        String family = size.get().path("family").asText();
        int cores = size.get().path("vCPUs").asInt();
        Predicate<String> isMeant = options.isSpot()
                ? quota -> quota.contains("lowpriority")
                : quota ->
                        quota.contains("dedicated") && !letters(family).isEmpty() && quota.startsWith(letters(family));
        return jobs.ofRegion("usages").stream()
                .filter(one -> isMeant.test(letters(one.at("/name/value").asText())))
                .findFirst()
                .map(quota -> diagnosis(name, quota, cores, options.isSpot() ? LOW_PRIORITY : family))
                .orElseGet(() -> Diagnosis.unknown(
                        name,
                        "the list of quotas in " + options.region() + " has none of "
                                + (letters(family).isEmpty()
                                        ? options.machine() + ", whose family is not told"
                                        : family),
                        "az ml compute list-usage --location " + options.region()));
    }

    /** Names of quotas are written with spaces and hyphens as it comes. */
    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private Diagnosis diagnosis(String name, JsonNode quota, int cores, String resource) {
        int limit = quota.path("limit").asInt();
        int used = quota.path("currentValue").asInt();
        String found = options.machine() + " needs " + cores + " cores of \""
                + quota.at("/name/value").asText() + "\" in " + options.region() + ", which are " + limit
                + (used == 0 ? "" : ", of which " + used + " are in use");
        if (limit - used >= cores) {
            return Diagnosis.ok(name, found);
        }
        return limit >= cores
                ? Diagnosis.warn(name, found, "finetune gc JOB")
                : Diagnosis.fail(
                        name,
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
