package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.check.CheckProblems;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.method.FullTuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is different about a job whose model turns out to be an encoder: it reads texts and tells their labels. */
final class EncoderJob {
    private EncoderJob() {}

    /** The job with the method of encoders where it names none: an encoder is trained as a whole. */
    static JobFile of(JobFile file) {
        return file.leavesMethodOpen() ? file.withMethodOfModel(FullTuning.defaults()) : file;
    }

    /** What its user should know, and what speaks against it. */
    static List<Problem> findings(JobFile file) {
        FineTuneJob job = file.job();
        List<Problem> findings = new ArrayList<>();
        Optional<Problem> misfit = misfit(job);
        if (misfit.isPresent()) {
            findings.add(misfit.get());
            return findings;
        }
        findings.add(CheckProblems.BASE_OF_ENCODER
                .note("the base is the share of each label, since an encoder cannot answer before its head is trained")
                .build());
        if (file.isMethodOfModel()) {
            findings.add(CheckProblems.METHOD_OF_ENCODER
                    .note("method: full was chosen, since the model is an encoder and the job names no method")
                    .build());
        }
        return findings;
    }

    /** What is wrong where the task needs words; empty where it has labels. */
    static Optional<Problem> misfit(FineTuneJob job) {
        if (job.task().kind().hasLabels()) {
            return Optional.empty();
        }
        String kind = job.task().kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return Optional.of(CheckProblems.TASK_OF_ENCODER
                .error("the model is an encoder, which cannot do a task of kind " + kind)
                .at(Location.ofKey("task.kind"))
                .because("it tells labels apart; it does not write text")
                .remedy("task.kind: classification")
                .remedy("finetune models    # models that speak")
                .build());
    }
}
