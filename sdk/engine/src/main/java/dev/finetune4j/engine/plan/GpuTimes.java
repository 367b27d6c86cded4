package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.TrainingSetup.Framework;
import dev.finetune4j.engine.plan.Worlds.Cause;
import dev.finetune4j.engine.report.Figures;

/** How long a job works on some GPUs, once they are ready: the same wherever such GPUs stand. */
final class GpuTimes {
    /** Training passes a token forward and back, but for a head alone; an answer or a validation loss only forward. */
    private static final double FORWARD_SHARE = 0.4;

    /** Training keeps a checkpoint every so many seconds, and spends at most this share of its time on them. */
    private static final double CHECKPOINT_SECONDS = 300;

    private static final double MOST_CHECKPOINT_SHARE = 0.035;

    private static final double GIGA = 1e9;

    private final PlannedJob job;
    private final GpuRun run;
    private final Range tokensPerSecond;
    private final Worlds worlds;
    private final Assumptions assumptions;
    private final WritingPass pass;

    GpuTimes(PlannedJob job, GpuRun run, Range tokensPerSecond, Worlds worlds, Assumptions assumptions) {
        this.job = job;
        this.run = run;
        this.tokensPerSecond = tokensPerSecond;
        this.worlds = worlds;
        this.assumptions = assumptions;
        this.pass = new WritingPass(job, run);
    }

    GpuRun run() {
        return run;
    }

    Range tokensPerSecond() {
        return tokensPerSecond;
    }

    /** Tokens that training computes, padding included, in each world. */
    private Sample tokens() {
        double tokens =
                new GpuSetup(job, run.gpu()).computedTokens(run.settings().microBatch());
        Sample counted = worlds.constant(tokens);
        return job.rows().areCounted()
                ? counted
                : counted.times(worlds.draw(
                        Cause.TOKENS, assumptions.get("tokens.characters").quantity()));
    }

    /** Seconds of the steps. */
    Sample training() {
        Uncertain speed = new Uncertain(tokensPerSecond.low(), tokensPerSecond.likely(), tokensPerSecond.high());
        return tokens().times(worlds.draw(Cause.GPU_SPEED, speed.under(1)));
    }

    String trainingBasis() {
        double tokens =
                new GpuSetup(job, run.gpu()).computedTokens(run.settings().microBatch());
        return Words.large(tokens) + " tokens with padding at " + Words.large(tokensPerSecond.likely())
                + " a second (" + Words.large(tokensPerSecond.low()) + " to " + Words.large(tokensPerSecond.high())
                + "), by the estimator of docs/estimates.md" + assumptions.tokenWords(job);
    }

    /** Seconds of validation losses, and of the comparison where it is made there. */
    Sample evaluation() {
        Sample seconds =
                worlds.constant(readingSeconds(job.rows().rowsOf(Part.VALIDATION) * job.validations() * meanTokens()));
        if (comparesModels()) {
            seconds = seconds.plus(reading()).plus(writing());
        }
        return seconds.times(
                worlds.draw(Cause.ANSWERS, assumptions.get("answers").quantity()));
    }

    String evaluationBasis() {
        String losses = job.rows().rowsOf(Part.VALIDATION) == 0
                ? "no validation loss"
                : Words.validations(Math.round(job.validations()));
        String answers = assumptions.get("answers").words();
        if (!comparesModels()) {
            return "roofline: " + losses + "; " + answers + "; models are not compared there";
        }
        return "roofline: " + job.answers().models() + (job.answers().models() == 1 ? " model on " : " models on ")
                + Figures.count(job.rows().rowsOf(Part.TEST)) + " held-out rows, and " + losses + "; " + answers
                + (pass.unpacking() == 0
                        ? ""
                        : "; " + assumptions.get("unpacking").words())
                + (pass.gathering() == 0
                        ? ""
                        : "; " + assumptions.get("gathering").words());
    }

    /** Our engine does; what a place trains by a script of its own is compared elsewhere. */
    private boolean comparesModels() {
        return run.setup().framework() == Framework.FINETUNE4J_GPU;
    }

    /** Seconds of prompts, and of answers that are read. */
    private Sample reading() {
        double mean = meanTokens();
        double labels =
                job.answers().models() * job.answers().labels().apart() * job.labelFlops(0) / job.readingFlops();
        double tokens =
                (job.answers().readTokens(mean) + labels) * run.settings().gpus() * questions();
        Sample computed = worlds.constant(readingSeconds(tokens));
        // An encoder reads as many rows at once as there is room for.
        return job.model().speaks() ? computed.atLeast(passSeconds().times(readingPasses() * questions())) : computed;
    }

    /** Passes in which models read a row that each of them answers: its prompt alone, and then what may follow. */
    private double readingPasses() {
        int plain = Math.min(2, job.answers().models());
        double shown = (1 + job.job().evaluation().fewShot()) * meanTokens();
        return plain * (1 + passesOfLabels(meanTokens()))
                + (job.answers().models() - plain) * (1 + passesOfLabels(shown));
    }

    /** Labels are read side by side, each behind what was kept of the prompt, as many as have room; else there is one text to read. */
    private double passesOfLabels(double prompt) {
        double kept = job.answers().labels().labels() * prompt
                + job.answers().labels().apart();
        return Math.max(1, Math.ceil(kept / Math.max(1, pass.tokensKept())));
    }

    /** Seconds of the texts that models write side by side, but behind virtual tokens each by itself. */
    private Sample writing() {
        if (!job.answers().areWritten() || questions() == 0) {
            return worlds.constant(0);
        }
        double beside = beside(0);
        double tuned = job.job().method().virtualTokens() > 0 ? 1 : beside;
        double shown = beside(job.job().evaluation().fewShot() * meanTokens());
        return passSeconds()
                .times(questions())
                .times(worlds.draw(Cause.ANSWER_LENGTH, job.answers().writingPasses(tuned, beside, shown)));
    }

    /** Rows that a GPU answers side by side behind so many tokens of examples: all have room for the longest of them. */
    private double beside(double examples) {
        double longest = job.answers().promptTokens(job.lengths().longest())
                + job.job().evaluation().maxNewTokens();
        return questions() / Math.ceil(questions() / pass.rows(examples + longest));
    }

    /** Held-out rows that a GPU answers. */
    private double questions() {
        return Math.ceil(job.rows().rowsOf(Part.TEST) / (double) run.settings().gpus());
    }

    private double meanTokens() {
        return new GpuSetup(job, run.gpu()).computedMean();
    }

    /** Seconds in which so many tokens are read. */
    private double readingSeconds(double tokens) {
        return tokens * (job.trainsHeadAlone() ? 1 : FORWARD_SHARE) / tokensPerSecond.likely();
    }

    private Sample passSeconds() {
        return worlds.constant(pass.computing())
                .plus(drawn(Cause.UNPACKING, "unpacking", pass.unpacking()))
                .plus(drawn(Cause.GATHERING, "gathering", pass.gathering()));
    }

    /** So many seconds, longer or shorter as is assumed. */
    private Sample drawn(Cause cause, String assumption, double seconds) {
        return seconds == 0
                ? worlds.constant(0)
                : worlds.draw(cause, assumptions.get(assumption).quantity().times(seconds));
    }

    /** Seconds that writing checkpoints takes. */
    Sample checkpoints(Sample training) {
        double bytes = job.trainable() * DiskNeed.BYTES_OF_A_STATE;
        Uncertain each = assumptions.get("disk").quantity().times(GIGA).under(bytes + 0.2 * GIGA);
        int every = job.training().checkpointEvery();
        Sample time = worlds.draw(Cause.DISK, each);
        if (every > 0) {
            return time.times(Math.max(1, job.steps() / (double) every));
        }
        return time.plus(training.times(MOST_CHECKPOINT_SHARE)
                .atMost(training.times(1 / CHECKPOINT_SECONDS).times(time)));
    }
}
