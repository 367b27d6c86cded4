package dev.finetune4j.engine.plan;

import dev.finetune4j.data.Part;
import dev.finetune4j.engine.estimate.Range;
import dev.finetune4j.engine.estimate.TrainingSetup.Weights;
import dev.finetune4j.engine.plan.Worlds.Cause;

/** How long a job works on some GPUs, once they are ready: the same wherever such GPUs stand. */
final class GpuTimes {
    /** Training passes a token forward and back; an answer or a validation loss only forward. */
    private static final double FORWARD_SHARE = 0.4;

    /** Texts that are answered at a time. */
    private static final int ANSWERS_AT_A_TIME = 16;
    /** Seconds that the host needs to launch a layer for one more token: 20 kernels of 10 microseconds. */
    private static final double LAUNCH_SECONDS = 2e-4;
    /** Training keeps a checkpoint every so many seconds, and spends at most this share of its time on them. */
    private static final double CHECKPOINT_SECONDS = 300;

    private static final double MOST_CHECKPOINT_SHARE = 0.035;
    private static final double BYTES_OF_A_STATE = 12;
    private static final double GIGA = 1e9;

    private final PlannedJob job;
    private final GpuRun run;
    private final Range tokensPerSecond;
    private final Worlds worlds;
    private final Assumptions assumptions;

    GpuTimes(PlannedJob job, GpuRun run, Range tokensPerSecond, Worlds worlds, Assumptions assumptions) {
        this.job = job;
        this.run = run;
        this.tokensPerSecond = tokensPerSecond;
        this.worlds = worlds;
        this.assumptions = assumptions;
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
        return reading.plus(worlds.draw(Cause.ANSWERS, answering.times(secondsATokenOfEach()))
                .times(written));
    }

    private double likelyReading() {
        double mean = new GpuSetup(job, run.gpu()).computedMean();
        double losses = job.rows().rowsOf(Part.VALIDATION) * job.validations() * mean;
        double rows = job.rows().rowsOf(Part.TEST);
        int models = job.answeringModels();
        double shown = models == 3 ? job.job().evaluation().fewShot() * mean : 0;
        double read = rows * (models * mean + shown);
        return FORWARD_SHARE * (losses + read) / tokensPerSecond.likely();
    }

    /** Seconds for one more token of every held-out row's answer. */
    private double secondsATokenOfEach() {
        double perToken = job.architecture().layers() * LAUNCH_SECONDS
                + readBytes() / (run.gpu().bandwidthGbPerS() * GIGA) / shards();
        double rows = job.rows().rowsOf(Part.TEST);
        return Math.ceil(rows / ANSWERS_AT_A_TIME / replicas()) * perToken;
    }

    /** Bytes of the weights that a token of an answer goes through: as they are computed with, where files have half. */
    private double readBytes() {
        boolean isSingle = run.setup().weights() == Weights.FP32
                && run.settings().precision().equals(GpuSetup.SINGLE);
        return isSingle ? 2.0 * job.weightBytes() : job.weightBytes();
    }

    private int shards() {
        return run.setup().parallelism().weightShards();
    }

    private int replicas() {
        return Math.max(1, run.settings().gpus() / shards());
    }

    /** Seconds that writing checkpoints takes. */
    Sample checkpoints(Sample training) {
        double bytes = job.trainable() * BYTES_OF_A_STATE;
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
