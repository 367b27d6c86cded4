package dev.finetune4j.worker.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.run.RunEvent;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** What two engines that did the same job must agree in. */
final class SameWork {
    /** Relative, of losses in fp32. */
    static final double LOSS = 1e-4;
    /** Nats, of an answer in fp32. */
    static final double LIKELIHOOD = 1e-3;
    /** bf16 has 8 bits of a number; steps build up on each other. */
    static final double BF16_LOSS = 0.05;

    private SameWork() {}

    static void assertSameTraining(EngineContainer actual, EngineContainer expected, double relative)
            throws IOException {
        List<RunEvent.StepCompleted> steps = expected.steps();
        assertThat(actual.steps()).hasSameSizeAs(steps).isNotEmpty();
        for (RunEvent.StepCompleted step : actual.steps()) {
            RunEvent.StepCompleted other = steps.get(step.step() - 1);
            assertThat(step.loss())
                    .as("loss of step " + step.step())
                    .isCloseTo(other.loss(), within(relative * other.loss()));
            assertThat(step.gradientNorm())
                    .as("gradient of step " + step.step())
                    .isCloseTo(other.gradientNorm(), within(10 * relative * other.gradientNorm()));
            assertThat(step.learningRate()).isEqualTo(other.learningRate());
            assertThat(step.epoch()).isEqualTo(other.epoch());
            assertThat(step.tokens()).isEqualTo(other.tokens());
        }
        List<RunEvent.ValidationCompleted> validations = expected.validations();
        assertThat(actual.validations()).hasSameSizeAs(validations).isNotEmpty();
        for (int i = 0; i < validations.size(); i++) {
            RunEvent.ValidationCompleted validation = actual.validations().get(i);
            RunEvent.ValidationCompleted other = validations.get(i);
            assertThat(validation.step()).isEqualTo(other.step());
            assertThat(validation.loss()).isCloseTo(other.loss(), within(relative * other.loss()));
            assertThat(validation.best()).isEqualTo(other.best());
        }
    }

    static void assertSamePredictions(List<Prediction> actual, List<Prediction> expected) {
        assertThat(actual).hasSameSizeAs(expected).isNotEmpty();
        for (int i = 0; i < actual.size(); i++) {
            Prediction mine = actual.get(i);
            Prediction other = expected.get(i);
            assertThat(mine.row()).isEqualTo(other.row());
            assertThat(mine.reference()).isEqualTo(other.reference());
            assertThat(mine.answer()).isEqualTo(other.answer());
            assertThat(mine.referenceTokens()).isEqualTo(other.referenceTokens());
            assertThat(mine.negativeLogLikelihood()).isCloseTo(other.negativeLogLikelihood(), within(LIKELIHOOD));
            assertThat(List.copyOf(mine.scoreByLabel().keySet()))
                    .isEqualTo(List.copyOf(other.scoreByLabel().keySet()));
            mine.scoreByLabel()
                    .forEach((label, score) ->
                            assertThat(score).isCloseTo(other.scoreByLabel().get(label), within(LIKELIHOOD)));
        }
    }

    /** The figures that docs/adr/0005 tells. */
    static String largestDifferences(EngineContainer actual, EngineContainer expected) throws IOException {
        double losses = 0;
        for (RunEvent.StepCompleted step : actual.steps()) {
            losses = Math.max(
                    losses,
                    Math.abs(step.loss() / expected.steps().get(step.step() - 1).loss() - 1));
        }
        double validations = 0;
        for (int i = 0; i < actual.validations().size(); i++) {
            double other = expected.validations().get(i).loss();
            validations =
                    Math.max(validations, Math.abs(actual.validations().get(i).loss() / other - 1));
        }
        double likelihoods = 0;
        List<Prediction> predictions = expected.predictions("tuned.jsonl");
        for (int i = 0; i < predictions.size(); i++) {
            double mine = actual.predictions("tuned.jsonl").get(i).negativeLogLikelihood();
            likelihoods =
                    Math.max(likelihoods, Math.abs(mine - predictions.get(i).negativeLogLikelihood()));
        }
        return String.format(
                Locale.ROOT,
                "losses %.1e relative, validation %.1e relative, log-likelihoods %.1e nats",
                losses,
                validations,
                likelihoods);
    }
}
