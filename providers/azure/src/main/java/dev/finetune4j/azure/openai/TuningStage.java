package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Part;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.ServiceMethod;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Writes the rows of a job as the service takes them, and what launches it; refuses before anything is sent. */
final class TuningStage {
    private static final int SUFFIX_DIGITS = 12;

    private final AzureOpenAiOptions options;

    TuningStage(AzureOpenAiOptions options) {
        this.options = options;
    }

    /**
     * What a job trains on and is compared with.
     *
     * @param training id of a file, or its name where it is not sent
     * @param validation the same, or null for none
     * @param learned what of its rows is learned
     */
    record Sent(String training, @Nullable String validation, ServiceMethod learned) {}

    /**
     * The files of a job, sent.
     *
     * @param send sends a file by its name
     * @throws FineTuneException with everything that the service would have against the job and its rows
     */
    Sent send(Submission submission, WorkStep.Train train, BiFunction<String, Path, String> send) {
        Path rows = submission.channels().get(WorkOrder.DATA_CHANNEL);
        if (rows == null) {
            throw AzureOpenAiErrors.unable(submission.id(), "tune without rows", "the job has no data channel");
        }
        try {
            Path folder = Files.createTempDirectory("finetune4j-openai-");
            try {
                return send(submission, train, rows, folder, send);
            } finally {
                for (Part part : Part.values()) {
                    Files.deleteIfExists(folder.resolve(part.fileName()));
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Sent send(
            Submission submission, WorkStep.Train train, Path rows, Path folder, BiFunction<String, Path, String> send)
            throws IOException {
        List<Problem> problems = new ArrayList<>(AzureOpenAiRules.problems(options));
        ServiceMethod learned = TuningRows.learned(rows.resolve(Part.TRAIN.fileName()));
        problems.addAll(TuningParameters.of(train.method(), learned, train.training(), options.hyperParameters())
                .problems());
        Path training = folder.resolve(Part.TRAIN.fileName());
        problems.addAll(TuningRows.write(rows.resolve(Part.TRAIN.fileName()), training, true));
        Path compared = rows.resolve(Part.VALIDATION.fileName());
        boolean isCompared = Files.exists(compared) && Files.size(compared) > 0;
        Path validation = folder.resolve(Part.VALIDATION.fileName());
        if (isCompared) {
            problems.addAll(TuningRows.write(compared, validation, false));
        }
        List<Problem> errors = problems.stream().filter(Problem::isError).toList();
        if (!errors.isEmpty()) {
            throw new FineTuneException(errors, null);
        }
        String digest = submission.order().digest();
        String sent = isCompared ? send.apply(TuningFile.name(submission.id(), digest, false), validation) : null;
        // What a job is known by comes last: once it is there, the job may be, too.
        return new Sent(send.apply(TuningFile.name(submission.id(), digest, true), training), sent, learned);
    }

    /** What launches a job. What the service chooses best itself is left out rather than called {@code auto}. */
    JsonNode body(RunId id, WorkStep.Train train, Sent sent) {
        ObjectNode body = Json.records().createObjectNode();
        body.put("model", options.serviceModel()).put("training_file", sent.training());
        Optional.ofNullable(sent.validation()).ifPresent(file -> body.put("validation_file", file));
        body.put("suffix", suffix(id));
        if (TuningParameters.hasSeed(train.training())) {
            body.put("seed", train.training().seed());
        }
        ObjectNode parameters = TuningParameters.of(
                        train.method(), sent.learned(), train.training(), options.hyperParameters())
                .json();
        boolean isPreference = sent.learned() == ServiceMethod.PREFERENCE;
        if (options.isV1() || isPreference) {
            String type = isPreference ? TuningJob.PREFERENCES : "supervised";
            body.putObject("method").put("type", type).putObject(type).set("hyperparameters", parameters);
        } else {
            body.set("hyperparameters", parameters);
        }
        return body.put("trainingType", options.trainingType());
    }

    /** Part of the tuned model's name, of at most 18 characters, by which people see whose it is. */
    static String suffix(RunId id) {
        return "f" + Json.sha256(id.value().getBytes(StandardCharsets.UTF_8)).substring(0, SUFFIX_DIGITS);
    }
}
