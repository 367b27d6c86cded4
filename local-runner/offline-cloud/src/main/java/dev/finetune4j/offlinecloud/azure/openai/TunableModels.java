package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Which models can be tuned where, and what it costs. */
final class TunableModels {
    private static final List<Offer> OFFERS = read();

    private TunableModels() {}

    /**
     * A model that can be tuned.
     *
     * @param id with its version
     * @param alias without
     */
    record BaseModel(String id, String alias) {
        /** Models of this time are told by what type they are trained, or are not found to be tunable. */
        boolean needsTrainingType() {
            return id.startsWith("gpt-4.1");
        }
    }

    /**
     * A way in which a model can be tuned in some regions.
     *
     * @param trainingType such as {@code Standard}
     * @param training US dollars for a million trained tokens
     * @param hosting US dollars for an hour of a deployment
     */
    record Offer(BaseModel model, String trainingType, Set<String> regions, BigDecimal training, BigDecimal hosting) {}

    private static List<Offer> read() {
        List<Offer> offers = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(TunableModels.class.getResourceAsStream("tunable-models.json"))) {
            for (JsonNode one : Json.records().readTree(in)) {
                Set<String> regions = new HashSet<>();
                one.path("regions").forEach(region -> regions.add(region.asText()));
                offers.add(new Offer(
                        new BaseModel(
                                one.path("model").asText(), one.path("alias").asText()),
                        one.path("trainingType").asText(),
                        regions,
                        new BigDecimal(one.path("training").asText()),
                        new BigDecimal(one.path("hosting").asText())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return offers;
    }

    /** The model with an id or an alias. */
    static Optional<BaseModel> find(String name) {
        return OFFERS.stream()
                .map(Offer::model)
                .filter(model -> model.id().equals(name) || model.alias().equals(name))
                .findFirst();
    }

    /** How a model is tuned by a type of training in a region; empty if it is not. */
    static Optional<Offer> offer(BaseModel model, String trainingType, String region) {
        return OFFERS.stream()
                .filter(offer -> offer.model().equals(model)
                        && offer.trainingType().equals(trainingType)
                        && offer.regions().contains(region))
                .findFirst();
    }

    /** Every type of training that there is. */
    static Set<String> trainingTypes() {
        Set<String> types = new LinkedHashSet<>();
        OFFERS.forEach(offer -> types.add(offer.trainingType()));
        return types;
    }

    /** All models that can be tuned in a region. */
    static Set<BaseModel> in(String region) {
        Set<BaseModel> models = new LinkedHashSet<>();
        OFFERS.stream().filter(offer -> offer.regions().contains(region)).forEach(offer -> models.add(offer.model()));
        return models;
    }
}
