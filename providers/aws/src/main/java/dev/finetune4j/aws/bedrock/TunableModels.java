package dev.finetune4j.aws.bedrock;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.ServiceLimits;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The models that Bedrock tunes. The service's own list is {@code ListFoundationModels} by customization type; it tells neither formats nor
 * limits.
 *
 * @param source where the facts come from
 * @param models each model
 * @param parameters what hyperparameters may be, by the name of the set and their own
 */
record TunableModels(String source, List<TunableModel> models, Map<String, Map<String, Limits>> parameters) {
    private static final TunableModels SHIPPED =
            Json.resource(TunableModels.class, "tunable-models.json", new TypeReference<>() {});

    /**
     * What a hyperparameter may be.
     *
     * @param isWhole whether it has no fraction
     * @param least least value, or null where it is not known
     * @param most largest value, or null where it is not known
     */
    record Limits(
            boolean isWhole,
            @Nullable BigDecimal least,
            @Nullable BigDecimal most) {
        boolean allow(BigDecimal value) {
            return (!isWhole || value.stripTrailingZeros().scale() <= 0)
                    && (least == null || value.compareTo(least) >= 0)
                    && (most == null || value.compareTo(most) <= 0);
        }

        /** The closest value that is allowed. */
        BigDecimal closest(BigDecimal value) {
            if (least != null && value.compareTo(least) < 0) {
                return least;
            }
            return most != null && value.compareTo(most) > 0 ? most : value;
        }

        @Override
        public String toString() {
            String kind = isWhole ? "a whole number" : "a number";
            return least == null || most == null
                    ? kind
                    : kind + " from " + least.toPlainString() + " to " + most.toPlainString();
        }
    }

    /**
     * A model.
     *
     * @param id with the length of its context at the end, by which alone it is tuned
     * @param regions where it is tuned
     * @param format form of its records
     * @param leastRows fewest rows to train on
     * @param mostRows most rows to train on
     * @param mostValidationRows most rows to compare with
     * @param hasReservedTexts whether rows with certain texts fail the job
     * @param parameters key of {@link TunableModels#parameters}
     */
    record TunableModel(
            String id,
            List<String> regions,
            RecordFormat format,
            int leastRows,
            int mostRows,
            int mostValidationRows,
            boolean hasReservedTexts,
            String parameters) {
        private static final int THOUSAND = 1000;

        /** Its hyperparameters by name. */
        Map<String, Limits> limits() {
            return Objects.requireNonNull(SHIPPED.parameters().get(parameters), parameters);
        }

        /** What of a job it takes, for a plan. */
        ServiceLimits serviceLimits() {
            Limits epochs = limits().get(TuningParameters.EPOCHS);
            Integer mostEpochs = epochs == null || epochs.most() == null
                    ? null
                    : epochs.most().intValue();
            return new ServiceLimits(leastRows, mostRows, mostEpochs, contextTokens(), null);
        }

        /** Tokens of its context. */
        int contextTokens() {
            return THOUSAND * Integer.parseInt(id.substring(id.lastIndexOf(':') + 1, id.length() - 1));
        }
    }

    /** The model of an id; empty if it is none that is tuned. */
    static Optional<TunableModel> find(String id) {
        return all().filter(model -> model.id().equals(id)).findFirst();
    }

    /** The model that somebody means by an id without the length of its context. */
    static Optional<TunableModel> meant(String id) {
        return all().filter(model -> model.id().startsWith(id + ":")).findFirst();
    }

    static Stream<TunableModel> all() {
        return SHIPPED.models().stream();
    }
}
