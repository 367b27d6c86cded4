package dev.finetune4j.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.LabelTokens;
import dev.finetune4j.engine.launch.ModelFacts;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.Proposal;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Jobs on rows of 400 tokens, 1,000 to learn and 100 held out. */
final class SampleJob {
    private static final String MODEL = "qwen3-1.7b";
    private static final int LABELS = 3;

    private SampleJob() {}

    /** Whose rows are conversations that begin with so many tokens alike. */
    static PlannedJob of(TuningMethod method, int newTokens, int prefix) {
        return of(TaskKind.CHAT, true, method, newTokens, prefix, false);
    }

    /** Whose rows are conversations, and fill micro-batches. */
    static PlannedJob packed(TuningMethod method) {
        return of(TaskKind.CHAT, true, method, 10, 0, true);
    }

    /** Whose rows are conversations, or else passages. */
    static PlannedJob of(TaskKind kind, boolean areAnswered, int newTokens) {
        return of(kind, areAnswered, LoraTuning.defaults(), newTokens, 0, false);
    }

    /** Whose rows are passages that models continue by so many tokens. */
    static PlannedJob continued(int newTokens) {
        PlannedJob read = of(TaskKind.GENERATION, false, newTokens);
        EvaluationSpec evaluation =
                read.job().evaluation().toBuilder().continuePassages(true).build();
        return new PlannedJob(read.job().toBuilder().evaluation(evaluation).build(), read.rows(), read.model());
    }

    /**
     * Holds a planner to the texts that are written of held-out rows.
     *
     * @param evaluation the likely time that the planner counts for it, in one unit
     */
    static void assertUnwrittenTextsTakeNoTime(ToDoubleFunction<PlannedJob> evaluation) {
        assertThat(evaluation.applyAsDouble(of(TaskKind.CHAT, true, 1000)))
                .isGreaterThan(evaluation.applyAsDouble(of(TaskKind.CHAT, true, 10)));
        assertThat(evaluation.applyAsDouble(of(TaskKind.PREFERENCE, true, 1000)))
                .isEqualTo(evaluation.applyAsDouble(of(TaskKind.PREFERENCE, true, 10)));
        assertThat(evaluation.applyAsDouble(of(TaskKind.GENERATION, false, 1000)))
                .as("of passages")
                .isEqualTo(evaluation.applyAsDouble(of(TaskKind.GENERATION, false, 10)))
                .isLessThan(evaluation.applyAsDouble(of(TaskKind.GENERATION, true, 10)))
                .isLessThan(evaluation.applyAsDouble(continued(10)));
        assertThat(evaluation.applyAsDouble(continued(1000)))
                .as("of passages that are continued")
                .isGreaterThan(evaluation.applyAsDouble(continued(10)));
    }

    /** Whose rows are conversations, for a model of the catalogue. */
    static PlannedJob of(String model) {
        return new PlannedJob(figures(model, TaskKind.CHAT, true, LoraTuning.defaults(), 500, 0, false));
    }

    /** Whose rows have labels, for an encoder. */
    static PlannedJob ofEncoder(TuningMethod method) {
        return new PlannedJob(figures("bert-base-uncased", TaskKind.CLASSIFICATION, true, method, 10, 0, false));
    }

    /**
     * Whose rows have labels, for a decoder.
     *
     * @param tokens of each row
     * @param labelTokens of all labels, of which none begins as another does
     */
    static PlannedJob labelled(int tokens, double labelTokens) {
        return labelled(MODEL, tokens, labelTokens);
    }

    /** The same for a model of the catalogue. */
    static PlannedJob labelled(String model, int tokens, double labelTokens) {
        return labelled(model, tokens, new LabelTokens(LABELS, labelTokens, labelTokens));
    }

    /** The same with more labels. */
    static PlannedJob labelled(String model, int tokens, LabelTokens labels) {
        return new PlannedJob(labelledFigures(model, tokens, labels, 0));
    }

    private static JobFigures labelledFigures(String model, int tokens, LabelTokens labels, int prefix) {
        JobFigures known = figures(model, TaskKind.CLASSIFICATION, true, LoraTuning.defaults(), 10, 0, false);
        RowFigures rows = new RowFigures(
                known.rows().rows(),
                new Quantiles(tokens, tokens, tokens, tokens, tokens, tokens),
                3,
                1_000_000,
                new Proposal.RowLengths(1000, 50, tokens, 8L * tokens, 1024, tokens, prefix),
                Proposal.AnswerLengths.NONE,
                true,
                true,
                1_000_000,
                "a-test",
                labels);
        return new JobFigures(known.file(), rows, known.model());
    }

    /** Whose rows have labels, and begin alike. */
    static PlannedJob labelledBehind(int prefix, int tokens) {
        return new PlannedJob(labelledFigures(MODEL, tokens, new LabelTokens(LABELS, 0, 0), prefix));
    }

    /** What is known of one whose rows have labels. */
    static JobFigures labelledFigures(int tokens, double labelTokens) {
        return labelledFigures(MODEL, tokens, new LabelTokens(LABELS, labelTokens, labelTokens), 0);
    }

    /** Whose rows are all learned or watched, and none is held out to be answered. */
    static PlannedJob withoutHeldOutRows(TaskKind kind) {
        PlannedJob job = of(kind, true, 50);
        RowFigures rows = job.rows().with(Map.of(Part.TRAIN, 1000L, Part.VALIDATION, 50L));
        return new PlannedJob(job.job(), rows, job.model());
    }

    /** What is known of one whose rows are conversations. */
    static JobFigures figures(TuningMethod method) {
        return figures(MODEL, TaskKind.CHAT, true, method, 50, 0, false);
    }

    private static PlannedJob of(
            TaskKind kind, boolean areAnswered, TuningMethod method, int newTokens, int prefix, boolean packing) {
        return new PlannedJob(figures(MODEL, kind, areAnswered, method, newTokens, prefix, packing));
    }

    private static JobFigures figures(
            String id,
            TaskKind kind,
            boolean areAnswered,
            TuningMethod method,
            int newTokens,
            int prefix,
            boolean packing) {
        CatalogueModel model = ModelCatalogue.shipped().get(id);
        FineTuneJob job = FineTuneJob.builder(
                        "a-test", new ModelRef(id), TaskSpec.of(kind), DataSpec.ofFile("rows.jsonl"))
                .method(method)
                .training(TrainingSpec.builder().packing(packing).build())
                .evaluation(EvaluationSpec.builder().maxNewTokens(newTokens).build())
                .build();
        RowFigures rows = new RowFigures(
                Map.of(Part.TRAIN, 1000L, Part.VALIDATION, 50L, Part.TEST, 100L),
                new Quantiles(400, 400, 400, 400, 400, 400),
                60,
                1_000_000,
                new Proposal.RowLengths(1000, 50, 400, 3200, 1024, 400, prefix),
                Proposal.AnswerLengths.NONE,
                areAnswered,
                true,
                1_000_000,
                "a-test",
                LabelTokens.NONE);
        return new JobFigures(
                JobFile.of(job, Path.of("")), rows, new ModelFacts(model.shape().architecture(), model, null));
    }
}
