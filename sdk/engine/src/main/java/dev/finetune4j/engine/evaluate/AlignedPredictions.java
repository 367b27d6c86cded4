package dev.finetune4j.engine.evaluate;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Answers of several models to the same rows in the same order.
 *
 * @param byVariant each model's answers, base variants first; the tuned model is there
 */
record AlignedPredictions(Map<Variant, List<Prediction>> byVariant) {
    /**
     * Checks that the models can be compared.
     *
     * @throws FineTuneException with FT0703 if a model or every row is missing, FT0702 if rows differ
     */
    AlignedPredictions {
        EnumMap<Variant, List<Prediction>> inOrder =
                new EnumMap<>(Variant.class); // its copying constructor refuses an empty map
        inOrder.putAll(byVariant);
        byVariant = inOrder;
        inOrder.putIfAbsent(Variant.TUNED, List.of());
        inOrder.forEach(AlignedPredictions::requireRows);
        Map.Entry<Variant, List<Prediction>> first =
                inOrder.entrySet().iterator().next();
        inOrder.forEach((variant, answers) -> requireSameRows(first, variant, answers));
    }

    /** How many rows were answered. */
    int rows() {
        return byVariant.values().iterator().next().size();
    }

    private static void requireRows(Variant variant, List<Prediction> answers) {
        if (answers.isEmpty()) {
            throw EvaluationProblems.NOTHING_TO_COMPARE
                    .error("there are no held-out rows answered by " + variant.fileName())
                    .because("an evaluation needs at least 1 row, there are 0")
                    .asException();
        }
    }

    private static void requireSameRows(
            Map.Entry<Variant, List<Prediction>> other, Variant variant, List<Prediction> answers) {
        List<Prediction> first = other.getValue();
        if (answers.size() != first.size()) {
            throw EvaluationProblems.ROWS_DIFFER
                    .error("the models answered different numbers of rows")
                    .at(Location.of(variant.fileName()))
                    .because(other.getKey().fileName() + " has " + first.size() + " rows, " + variant.fileName()
                            + " has " + answers.size())
                    .asException();
        }
        for (int i = 0; i < first.size(); i++) {
            Prediction expected = first.get(i);
            Prediction found = answers.get(i);
            if (!expected.row().equals(found.row()) || !expected.reference().equals(found.reference())) {
                throw EvaluationProblems.ROWS_DIFFER
                        .error("the models answered different rows at line " + (i + 1))
                        .at(new Location.InFile(variant.fileName(), i + 1L, 0, null))
                        .because(other.getKey().fileName() + " has " + expected.row() + ", "
                                + variant.fileName() + " has " + found.row()
                                + (expected.row().equals(found.row()) ? " with another right answer" : ""))
                        .asException();
            }
        }
    }
}
