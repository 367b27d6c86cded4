package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.DatasetCheck;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.DatasetParts;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.data.format.RowFormat;
import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Looks at every row with the eyes of the model: its own tokenizer and chat template. */
final class CheckStep {
    private final TextCodecFactory codecs;
    private final int threads;

    CheckStep(TextCodecFactory codecs, int threads) {
        this.codecs = codecs;
        this.threads = threads;
    }

    /**
     * What was found.
     *
     * @throws FineTuneException if the text side of the model cannot be read
     */
    DatasetCheckReport check(FineTuneJob job, PreparedData data, ModelFiles model) {
        Map<Part, RowSource> rows = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            rows.put(part, data.rows(part));
        }
        try (TextCodec codec = codecs.open(model)) {
            DatasetCheckReport report = DatasetCheck.of(job, data.labels(), codec, threads)
                    .inspect(new DatasetParts(rows, data.record().format(), data.digest()));
            return gateProblem(job, data)
                    .map(problem -> report.withProblems(Stream.concat(Stream.of(problem), report.problems().stream())
                            .toList()))
                    .orElse(report);
        }
    }

    /** Only the rows show whether models will answer or read them, and so which metrics there will be. */
    private static Optional<Problem> gateProblem(FineTuneJob job, PreparedData data) {
        boolean hasAnswers = !data.record().format().equals(RowFormat.TEXT.id());
        return TaskMetrics.of(job.task().kind(), hasAnswers)
                .refusal(job.evaluation().gate());
    }
}
