package dev.finetune4j.plan;

import dev.finetune4j.value.Checks;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a plan was made from, as digests: SHA-256, lower-case hex.
 *
 * @param job of each setting of the job by its key, defaults filled in; hardly a text is written down, since it may come from a secret
 * @param figures of training, method, evaluation, check and split the numbers, the switches and the kind as they are, by the same keys, and
 *     where they stand in the job file model, targets and file of the rows; null where an earlier version made the plan
 * @param data of the rows
 * @param prices of the offers that were looked at, with their prices
 * @param version of finetune4j
 */
public record PlanBasis(
        Map<String, String> job, @Nullable Map<String, String> figures, String data, String prices, String version) {
    /** Copies the maps; refuses what is blank. */
    public PlanBasis {
        job = Collections.unmodifiableMap(new TreeMap<>(job));
        figures = figures == null ? null : Collections.unmodifiableMap(new TreeMap<>(figures));
        Checks.notBlank("data", data);
        Checks.notBlank("prices", prices);
        Checks.notBlank("version", version);
    }

    /** A setting as it is; null where it is not set, or only its digest is kept. */
    public @Nullable String figure(String key) {
        return figures == null ? null : figures.get(key);
    }
}
