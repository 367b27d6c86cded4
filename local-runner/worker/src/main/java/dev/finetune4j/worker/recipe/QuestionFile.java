package dev.finetune4j.worker.recipe;

import dev.finetune4j.json.Json;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.training.predict.Question;
import dev.finetune4j.training.predict.Questions;
import dev.finetune4j.worker.recipe.Recipe.Answers;
import dev.finetune4j.worker.recipe.Recipe.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        String predictions = step.variant().fileName();
        String name = "ask-" + predictions;
        Questions questions = new Questions(step, data.resolve(step.rowsFile()), codec);
        try (RecipeFile file = new RecipeFile(target.resolve(name))) {
            QuestionFile lines = new QuestionFile(file);
            questions.each(lines::add);
            files.put(name, file.written());
            return new Answers(
                    step.variant(),
                    name,
                    predictions,
                    lines.rows,
                    step.labels().size(),
                    step.labelScoring(),
                    questions.contentFree().orElse(null));
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
        file.write(Json.line(line));
        rows++;
    }

    private static String answersOf(List<Question.Answer> answers) {
        return Json.records().valueToTree(answers).toString();
    }
}
