package dev.finetune4j.junit;

import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.journal.WholeFile;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.json.Json;
import dev.finetune4j.run.Sampling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;

/**
 * A model that a test can ask. Each call starts a worker that loads the model, which takes seconds: ask for many rows at once. The
 * same question is answered once; later executions find the answer that is there. A test agrees to no costs: of a model that a service hosts
 * for money nothing is asked, and the question fails with FT0531.
 */
public abstract sealed class AskedModel permits BaseModel, TunedModel {
    private static final int NAME_CHARACTERS = 16;

    private final Training training;
    private final Path output;
    private final Variant variant;

    AskedModel(Training training, Path output, Variant variant) {
        this.training = training;
        this.output = output;
        this.variant = variant;
    }

    /** The likeliest answer to a user message, after the job's system message; as long as the job's evaluation allows. */
    public String generate(String prompt) {
        return generate(
                prompt, Sampling.greedy(training.job().file().job().evaluation().maxNewTokens()));
    }

    /** An answer to a user message, after the job's system message. */
    public String generate(String prompt, Sampling sampling) {
        List<Message> messages = new ArrayList<>();
        String system = training.job().file().job().task().system();
        if (system != null) {
            messages.add(new Message(Role.SYSTEM, system));
        }
        messages.add(new Message(Role.USER, prompt));
        return answered(() -> training.tuner().generate(id(), messages, sampling, List.of(variant)))
                .get(0)
                .text();
    }

    /**
     * The answer to one row. See {@link #predict(List)}.
     *
     * @param row text by column
     */
    public Prediction predict(Map<String, String> row) {
        return predict(List.of(row)).get(0);
    }

    /**
     * The answers to rows, as in the run's own comparison: the label with the best score where the task has labels, else the text that
     * is generated; and how likely the right answer is.
     *
     * @param rows text by column, with the columns that the job's task names, the right answer among them
     * @throws AssertionError with every problem of the rows, such as a column that one lacks
     */
    public List<Prediction> predict(List<Map<String, String>> rows) {
        String lines = lines(rows);
        String name = Json.sha256(lines.getBytes(StandardCharsets.UTF_8)).substring(0, NAME_CHARACTERS);
        Path file = output.resolve("rows").resolve(name + ".jsonl");
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        WholeFile.write(file, lines);
        return predict(file);
    }

    /**
     * The answers to the rows of a file, in their order. See {@link #predict(List)}.
     *
     * @param file rows in any format that a job may have
     */
    public List<Prediction> predict(Path file) {
        return answered(() -> training.tuner().predict(id(), file)).getOrDefault(variant, List.of());
    }

    /** The rows as a file has them. The columns are sorted: {@code Map.of} gives them in another order in each virtual machine. */
    static String lines(List<Map<String, String>> rows) {
        return rows.stream().map(row -> Json.line(new TreeMap<>(row))).collect(Collectors.joining("\n", "", "\n"));
    }

    private <T> T answered(Supplier<RunHandle<T>> question) {
        try {
            return question.get().await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + this + " answered", e);
        } catch (FineTuneException e) {
            throw new AssertionFailedError(this + " cannot answer\n" + ProblemText.of(e.problems()), e);
        }
    }

    private String id() {
        return training.run().id().value();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + id() + "]";
    }
}
