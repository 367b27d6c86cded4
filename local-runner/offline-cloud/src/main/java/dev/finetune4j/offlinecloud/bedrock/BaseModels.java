package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The models that the service tunes.
 *
 * @param source where the facts come from
 * @param families what models have in common, by name
 * @param models each model
 */
record BaseModels(String source, Map<String, Family> families, List<BaseModel> models) {
    private static final BaseModels SHIPPED =
            Json.resource(BaseModels.class, "base-models.json", new TypeReference<>() {});

    /**
     * What models have in common.
     *
     * @param format of a record: {@code converse}, {@code claude} or {@code prompt-completion}
     * @param minRecords fewest records of a training file
     * @param maxRecords most of them
     * @param maxValidationRecords most records of a validation file
     * @param hyperParameters by name; empty where they are not known, and then any are taken
     */
    record Family(
            String format,
            int minRecords,
            int maxRecords,
            int maxValidationRecords,
            Map<String, Limits> hyperParameters) {
        /** Takes what is left out as empty. */
        Family {
            hyperParameters = hyperParameters == null ? Map.of() : Map.copyOf(hyperParameters);
        }
    }

    /**
     * What a hyperparameter may be.
     *
     * @param isWhole whether it has no fraction
     * @param min least value
     * @param max largest value
     */
    record Limits(boolean isWhole, BigDecimal min, BigDecimal max) {}

    /**
     * A model.
     *
     * @param id with the length of its context, as for tuning
     * @param name what it is called
     * @param provider who makes it
     * @param family key of {@link BaseModels#families}
     * @param regions where it can be tuned
     * @param seesImages whether it takes images
     * @param isDeployable whether what comes of it can be asked on demand
     */
    record BaseModel(
            String id,
            String name,
            String provider,
            String family,
            List<String> regions,
            boolean seesImages,
            boolean isDeployable) {
        private static final int THOUSAND = 1000;

        Family traits() {
            return Objects.requireNonNull(SHIPPED.families().get(family), family);
        }

        /** The id for asking, which is without the length of the context. */
        String plainId() {
            return id.substring(0, id.lastIndexOf(':'));
        }

        /** The id without any version. */
        String stem() {
            return id.substring(0, id.indexOf(':'));
        }

        /** Tokens of its context, which stand at the end of its id: {@code 128k}. */
        int contextTokens() {
            return THOUSAND * Integer.parseInt(id.substring(id.lastIndexOf(':') + 1, id.length() - 1));
        }
    }

    /** Where there are models that can be tuned. */
    static List<String> regions() {
        return SHIPPED.models().stream()
                .flatMap(model -> model.regions().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** The models of a region. */
    static Stream<BaseModel> of(String region) {
        return SHIPPED.models().stream().filter(model -> model.regions().contains(region));
    }

    /** The model with an id for tuning or, where any id is meant, for asking. */
    static Optional<BaseModel> find(String region, String id, boolean isForTuning) {
        return of(region)
                .filter(model -> model.id().equals(id)
                        || (!isForTuning && model.plainId().equals(id)))
                .findFirst();
    }
}
