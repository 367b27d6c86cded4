package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.plan.Worlds.Cause;

/** How long a job works on some GPUs, once they are ready: the same wherever such GPUs stand. */
final class GpuTimes {
    /** Training passes a token forward and back, but for a head alone; an answer or a validation loss only forward. */
    private static final double FORWARD_SHARE = 0.4;

    /** Training keeps a checkpoint every so many seconds, and spends at most this share of its time on them. */
    private static final double CHECKPOINT_SECONDS = 300;

    private static final double MOST_CHECKPOINT_SHARE = 0.035;
    /** Passes in which a row that is answered is read. */
    private static final int PASSES_OF_A_ROW = 2;

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

    /** Seconds of validation losses and of the comparison. */
    Sample evaluation() {
        Uncertain answering = assumptions.get("answers").quantity();
        Sample reading = worlds.draw(Cause.ANSWERS, answering.times(Math.max(0.1, likelyReading())));
        if (!job.areTextsWritten()) {
            return reading;
        }
        Sample written = worlds.draw(Cause.ANSWER_LENGTH, job.writtenTokens());
        double rows = job.rows().rowsOf(Part.TEST);
        double times = Math.ceil(rows / WritingPass.ROWS / pass.answering());
        return reading.plus(worlds.draw(Cause.ANSWERS, answering)
                .times(passSeconds())
                .times(times)
                .times(written));
    }

    /** In words behind those of the evaluation, what slows down the answers that are written; empty where nothing does. */
    String writingWords() {
        if (!job.areTextsWritten()) {
            return "";
        }
        return (pass.unpacking() == 0 ? "" : "; " + assumptions.get("unpacking").words())
                + (pass.gathering() == 0
                        ? ""
                        : "; " + assumptions.get("gathering").words());
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

    /** Seconds of validation losses, and of prompts and answers that are read. */
    private double likelyReading() {
        double mean = new GpuSetup(job, run.gpu()).computedMean();
        double losses = job.rows().rowsOf(Part.VALIDATION) * job.validations() * mean;
        double rows = job.rows().rowsOf(Part.TEST);
        double scored = job.labelTokens() * job.labelFlops(0) / job.readingFlops();
        // GPUs that share the model out share the rows of a validation loss out, too, but answer each the same
        // questions.
        double read = rows * (job.readTokens(mean) + scored) * run.settings().gpus() / pass.answering();
        double second = tokensPerSecond.likely() / (job.trainsHeadAlone() ? 1 : FORWARD_SHARE);
        return losses / second + Math.max(read / second, likelyPasses() * likelyPassSeconds());
    }

    /** Each row is read alone, its prompt and then what may follow; an encoder reads as many at once as there is room for. */
    private double likelyPasses() {
        double rows = Math.ceil(job.rows().rowsOf(Part.TEST) / (double) pass.answering());
        return job.model().speaks() ? PASSES_OF_A_ROW * rows * job.answeringModels() : 0;
    }

    private double likelyPassSeconds() {
        return pass.computing() + likely("unpacking", pass.unpacking()) + likely("gathering", pass.gathering());
    }

    private double likely(String assumption, double seconds) {
        return assumptions.get(assumption).quantity().likely() * seconds;
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
