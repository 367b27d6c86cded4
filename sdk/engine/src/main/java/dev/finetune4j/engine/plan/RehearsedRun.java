package dev.finetune4j.engine.plan;

import dev.finetune4j.engine.plan.Worlds.Cause;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.PlanPhase.Name;
import dev.finetune4j.run.Rehearsal;
import java.util.stream.Collectors;

/** What a run takes on this machine, by what its first steps and some of its answers took there. */
final class RehearsedRun {
    /** A rehearsal measures the very same work: what differs is what else the machine does, and how warm its caches and cores are. */
    private static final double STEADY = 0.93;

    private static final double WARMER = 0.7;
    private static final double COLDER = 1.3;
    /**
     * A rehearsal goes through the largest micro-batch, but a run takes somewhat more: eight of 15 to 75 steps came to 1.00 to 1.09 of it, 1.03
     * in the median (docs/estimates.md).
     */
    private static final double LONGER_RUN = 1.03;

    private static final double LESS_MEMORY = 0.99;
    private static final double MORE_MEMORY = 1.09;
    private static final double LEAST_SECONDS = 1e-3;
    /** What a start-up waits for a disk in a shorter time than that is not worth a word. */
    private static final double TOLD_SECONDS = 0.5;

    private final Worlds worlds;
    private final Rehearsal measured;
    private final boolean areWritten;

    /**
     * The run.
     *
     * @param measured what its rehearsal showed
     * @param areWritten whether models write answers, whose lengths nobody knows beforehand
     */
    RehearsedRun(Worlds worlds, Rehearsal measured, boolean areWritten) {
        this.worlds = worlds;
        this.measured = measured;
        this.areWritten = areWritten;
    }

    /** Its largest resident memory; only of a rehearsal whose machine told it. */
    ByteRange memory() {
        long peak = measured.peakBytes();
        return new ByteRange(
                Math.round(LESS_MEMORY * peak), Math.round(LONGER_RUN * peak), Math.round(MORE_MEMORY * peak));
    }

    /** Its phases, each corrected by the errors of past rehearsals. */
    TimeLine timeLine(Correction correction) {
        Rehearsal.Training training = measured.training();
        Uncertain steady = new Uncertain(STEADY * measured.aloneShare(), 1, AlikeRuns.SLOWER);
        String when = "rehearsed here " + Words.moment(measured.at()) + ": ";
        TimeLine line = new TimeLine(worlds, correction)
                .phase(Name.START_UP, worlds.draw(Cause.DISK, startUp()), false, when + startUpWords())
                .phase(
                        Name.TRAINING,
                        worlds.draw(Cause.OWN_SPEED, steady.times(Math.max(LEAST_SECONDS, training.stepSeconds()))),
                        false,
                        when + Figures.large(training.timedTokens()) + " tokens in "
                                + Words.seconds(training.timedSeconds()) + ", of "
                                + Figures.large(training.plannedTokens()));
        if (training.checkpoints() > 0) {
            double seconds = Math.max(LEAST_SECONDS, training.checkpoints() * training.checkpointSeconds());
            line.phase(
                    Name.CHECKPOINTS,
                    worlds.draw(Cause.DISK, new Uncertain(WARMER * seconds, seconds, COLDER * seconds)),
                    false,
                    when + training.checkpoints() + " of " + Words.seconds(training.checkpointSeconds()));
        }
        return line.phase(
                Name.EVALUATION,
                worlds.draw(Cause.ANSWERS, RehearsedAnswers.seconds(measured, steady, areWritten)),
                false,
                when + Words.validations(training.validations()) + " of " + Words.seconds(training.validationSeconds())
                        + measured.answers().stream()
                                .map(pace -> ", " + pace.rows() + " of " + pace.totalRows() + " answers in "
                                        + Words.seconds(pace.seconds()))
                                .collect(Collectors.joining()));
    }

    /** Once files were read, memory has them, until something else needs the room. */
    private Uncertain startUp() {
        double warm = Math.max(LEAST_SECONDS, measured.warmStartUpSeconds());
        return new Uncertain(WARMER * warm, warm, COLDER * Math.max(warm, measured.startUpSeconds()));
    }

    private String startUpWords() {
        String whole = "from the submission to the first step";
        double disk = measured.startUpSeconds() - measured.warmStartUpSeconds();
        return disk < TOLD_SECONDS
                ? whole
                : whole + " in " + Words.seconds(measured.startUpSeconds()) + ", less " + Words.seconds(disk)
                        + " of waiting for the disk, whose files are in memory now";
    }
}
