package dev.finetune4j.azure.ml;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a fine-tuning job of Azure ML's, which is a preview, tunes.
 *
 * @param model what is tuned: a version of a model of a registry, or of the workspace
 * @param task what for, or null for what the rows are made for
 * @param hyperParameters by the service's names, over those that follow from the job
 * @param dataRegistry where rows go as data that jobs of other workspaces may read, too, or null for the store
 */
record TuningOptions(
        String model,
        @Nullable TuningTask task,
        Map<String, String> hyperParameters,
        @Nullable RegistryAddress dataRegistry) {
    TuningOptions {
        hyperParameters = Collections.unmodifiableMap(new TreeMap<>(hyperParameters));
    }
}
