package dev.finetune4j.worker.recipe;

import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.model.LabelCounts;
import dev.finetune4j.training.predict.LabelQuestions;
import dev.finetune4j.training.predict.Question;
import dev.finetune4j.training.predict.Questions;
import dev.finetune4j.worker.recipe.Recipe.Answers;
import dev.finetune4j.worker.recipe.Recipe.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the questions of one evaluation. The labels are nearly always the same tokens, so they are written where they change. */
final class QuestionFile {
    private final RecipeFile file;
    private String answersBefore = "";
    private long rows;

    private QuestionFile(RecipeFile file) {
        this.file = file;
    }

    /** Writes {@code ask-VARIANT.jsonl}. */
    static Answers write(WorkStep.Predict step, Path data, TextCodec codec, Path target, Map<String, WrittenFile> files)
            throws IOException {
        Questions questions = new Questions(step, data.resolve(step.rowsFile()), codec);
        long rows = write(step, questions::each, target, files);
        return answers(step, rows, step.labelScoring(), questions.contentFree().orElse(null), null);
    }

    /**
     * The same of an encoder, which scores labels in one way only. Where the base model comes without its head, it knows the shares of the
     * labels and nothing else.
     *
     * @param labels in the order of the head's outputs
     * @param hasHead whether the base model has it
     */
    static Answers writeLabelled(
            WorkStep.Predict step,
            Path data,
            TextCodec codec,
            LabelCounts labels,
            boolean hasHead,
            Path target,
            Map<String, WrittenFile> files)
            throws IOException {
        LabelQuestions questions = new LabelQuestions(step, data.resolve(step.rowsFile()), codec, labels.names());
        long rows = write(step, questions::each, target, files);
        List<Double> prior = Arrays.stream(labels.priorScores()).boxed().toList();
        boolean isAsked = step.variant().isTuned() || hasHead;
        return answers(step, rows, LabelScoring.LIKELIHOOD, null, isAsked ? null : prior);
    }

    private static Answers answers(
            WorkStep.Predict step,
            long rows,
            LabelScoring scoring,
            @Nullable Question contentFree,
            @Nullable List<Double> prior) {
        return new Answers(
                step.variant(),
                name(step),
                step.variant().fileName(),
                rows,
                step.labels().size(),
                scoring,
                contentFree,
                prior);
    }

    private static String name(WorkStep.Predict step) {
        return "ask-" + step.variant().fileName();
    }

    /** The number of rows. */
    private static long write(
            WorkStep.Predict step, Consumer<Consumer<Question>> questions, Path target, Map<String, WrittenFile> files)
            throws IOException {
        try (RecipeFile file = new RecipeFile(target.resolve(name(step)))) {
            QuestionFile lines = new QuestionFile(file);
            questions.accept(lines::add);
            files.put(name(step), file.written());
            return lines.rows;
        }
    }

    private void add(Question question) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("row", question.row());
        line.put("reference", question.reference());
        line.put("prompt", question.prompt());
        String answers = answersOf(question.answers());
        if (!answers.equals(answersBefore)) {
            line.put("answers", question.answers());
            answersBefore = answers;
        }
        line.put("right", question.right());
        line.put("newTokens", question.newTokens());
        if (question.continued().length > 0) {
            line.put("continued", question.continued());
        }
        file.write(Json.line(line));
        rows++;
    }

    private static String answersOf(List<Question.Answer> answers) {
        return Json.records().valueToTree(answers).toString();
    }
}
