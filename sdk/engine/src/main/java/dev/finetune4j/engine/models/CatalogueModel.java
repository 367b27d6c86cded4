package dev.finetune4j.engine.models;

import dev.finetune4j.value.Checks;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An open model with the facts that a choice needs.
 *
 * @param id the short name that a job may use
 * @param title the name that its makers gave it
 * @param parameters weights as published
 * @param storedBytes bytes of its weights as published, where some are packed in fewer bits than training holds them in; null where all
 *     are in the usual format, two bytes each, four of an encoder's
 * @param shape its sizes
 * @param contextTokens longest text in tokens that the model was made for
 * @param architecture the class that transformers would load
 * @param licence its licence: an SPDX id where there is one; of a model made from another also the other's terms that hold on, after a semicolon
 * @param isGated whether the hub asks for an account that has accepted the licence
 * @param goodFor what it is a sensible base for, in a sentence
 * @param ids what places that sell its tuning call it, by the id of the place
 * @param benchmarks published scores; empty where none can be cited
 * @param sources where its files are to be had, first choice first
 */
public record CatalogueModel(
        String id,
        String title,
        long parameters,
        @Nullable Long storedBytes,
        ModelShape shape,
        int contextTokens,
        String architecture,
        String licence,
        boolean isGated,
        String goodFor,
        Map<String, String> ids,
        List<Benchmark> benchmarks,
        List<ModelSource> sources) {
    /** Copies the collections; refuses a model that is to be had nowhere. */
    public CatalogueModel {
        Checks.notBlank("id", id);
        ids = Map.copyOf(ids);
        benchmarks = List.copyOf(benchmarks);
        sources = List.copyOf(sources);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException(id + " must have at least one source");
        }
    }
}
