package dev.finetune4j.engine.hints;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What somebody chooses for a setting. The first rule of a setting that applies is the one that counts.
 *
 * @param key the setting
 * @param methods tuning methods that it is for
 * @param kind kind of model that it is for
 * @param minRows fewest training rows
 * @param maxRows most training rows, or null for any number
 * @param minParameters fewest parameters of the model
 * @param maxParameters most parameters of the model, or null for any number; a model of unknown size fits no bound
 * @param value what is chosen
 * @param why in which case, and for what reason
 * @param source who chose it: a paper, a vendor's guide, or judgement where nobody measured it
 * @param link where that can be read; empty for judgement
 */
record HintRule(
        String key,
        List<String> methods,
        ModelKind kind,
        long minRows,
        @Nullable Long maxRows,
        long minParameters,
        @Nullable Long maxParameters,
        double value,
        String why,
        String source,
        String link) {
    /** Kinds of models. */
    enum ModelKind {
        /** Any model. */
        ANY,
        /** One that speaks. */
        DECODER,
        /** One that tells labels apart. */
        ENCODER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Copies the list. */
    HintRule {
        methods = List.copyOf(methods);
    }

    /**
     * Whether it is for a job.
     *
     * @param parameters of the model, 0 where they are not known
     */
    boolean applies(String method, boolean speaks, long rows, long parameters) {
        boolean isItsKind = kind == ModelKind.ANY || (kind == ModelKind.DECODER) == speaks;
        boolean isItsRows = rows >= minRows && (maxRows == null || rows <= maxRows);
        boolean isItsSize = parameters >= minParameters
                && (maxParameters == null || (parameters > 0 && parameters <= maxParameters));
        return methods.contains(method) && isItsKind && isItsRows && isItsSize;
    }
}
