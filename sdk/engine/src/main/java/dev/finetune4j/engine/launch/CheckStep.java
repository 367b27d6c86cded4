package dev.finetune4j.engine.launch;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Part;
import dev.finetune4j.engine.check.CheckProblems;
import dev.finetune4j.engine.check.DatasetCheck;
import dev.finetune4j.engine.check.DatasetCheckReport;
import dev.finetune4j.engine.check.DatasetParts;
import dev.finetune4j.engine.check.SingleStep;
import dev.finetune4j.engine.data.PreparedData;
import dev.finetune4j.engine.data.RowSource;
import dev.finetune4j.engine.evaluate.TaskMetrics;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.Problem;
import dev.finetune4j.evaluation.Variant;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at every row with the eyes of the model: its own tokenizer and chat template. */
final class CheckStep {
    private final TextCodec codec;
    private final int threads;

    CheckStep(TextCodec codec, int threads) {
        this.codec = codec;
        this.threads = threads;
    }

    /** The job with what was found. */
    PreparedJob check(JobFile file, PreparedData data, ModelFiles model) {
        FineTuneJob job = file.job();
        Map<Part, RowSource> rows = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            rows.put(part, data.rows(part));
        }
        DatasetCheckReport report = DatasetCheck.of(job, data.labels(), codec, threads)
                .inspect(new DatasetParts(rows, data.record().format(), data.digest()));
        List<Problem> problems = new ArrayList<>(gateProblem(job, data).stream().toList());
        TaskMetrics.idleContinuations(job, data.hasAnswers()).ifPresent(problems::add);
        if (!codec.speaks()) {
            problems.addAll(EncoderJob.findings(file));
        }
        problems.addAll(report.problems());
        SingleStep.finding(job.training(), report).ifPresent(problems::add);
        return new PreparedJob(
                file,
                data,
                model,
                report.withProblems(problems)
                        .withProfile(report.profile().withLeftOut(data.record().rowsLeftOut())),
                codec.speaks(),
                PreparedJob.Answering.BASE_AND_TUNED,
                codec.speaks() && !refusesRows(report) ? answers(job, data) : Proposal.AnswerLengths.NONE,
                Map.of());
    }

    /** Rows that cannot be rendered cannot be asked either: the report names each of them. */
    private static boolean refusesRows(DatasetCheckReport report) {
        return report.problems().stream().anyMatch(problem -> problem.kind().equals(CheckProblems.UNRENDERABLE_ROW));
    }

    private Proposal.AnswerLengths answers(FineTuneJob job, PreparedData data) {
        EvaluationSpec evaluation = job.evaluation();
        List<Example.Conversation> shots =
                FewShotChoice.of(data.rows(Part.TRAIN), evaluation.fewShot(), evaluation.seed());
        return new AnsweredTexts(codec, WorkOrders.answers(job, data.labels(), shots, Variant.askable()))
                .longest(data.rows(Part.TEST));
    }

    /** Only the rows show whether models will answer or read them, and so which metrics there will be. */
    private static Optional<Problem> gateProblem(FineTuneJob job, PreparedData data) {
        return TaskMetrics.of(job, data.hasAnswers()).refusal(job.evaluation().gate());
    }
}
