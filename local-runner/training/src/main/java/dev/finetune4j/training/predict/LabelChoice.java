package dev.finetune4j.training.predict;

import dev.finetune4j.data.Example.Conversation;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.model.LanguageModel.Alternatives;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One row's answers to choose from: the labels, and the row's own answer where it is none of them, since its likelihood counts too.
 *
 * @param row the row
 * @param reference its own answer
 * @param answers the labels in the task's order, then perhaps the reference
 * @param alternatives the row's prompt and each answer's tokens
 */
record LabelChoice(Conversation row, String reference, List<String> answers, Alternatives alternatives) {
    /** A choice after a prompt. */
    static LabelChoice of(Conversation row, int[] prompt, List<String> labels, PromptEncoder prompts) {
        String reference = row.labelIfAny().orElse(row.answer());
        List<String> answers = new ArrayList<>(labels);
        if (!answers.contains(reference)) {
            answers.add(reference);
        }
        List<int[]> continuations = answers.stream()
                .map(answer -> prompts.encodeAnswer(row, answer))
                .toList();
        return new LabelChoice(row, reference, answers, new Alternatives(prompt, continuations));
    }

    /** How likely each answer is. */
    LabelScores scores(double[] logLikelihoods) {
        return new LabelScores(
                answers,
                logLikelihoods,
                alternatives.continuations().stream()
                        .mapToInt(tokens -> tokens.length)
                        .toArray());
    }

    /** The choice that the scores lead to. */
    Prediction prediction(double[] logLikelihoods, WorkStep.Predict step, LabelScores contentFree) {
        LabelScores all = scores(logLikelihoods);
        int right = answers.indexOf(reference);
        Map<String, Double> decided =
                all.firstOf(step.labels().size()).decisionScores(step.labelScoring(), contentFree);
        return new Prediction(
                row.row(), reference, LabelScores.best(decided), decided, -logLikelihoods[right], all.tokens()[right]);
    }
}
