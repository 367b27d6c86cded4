package dev.finetune4j.spi;

import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a provider can do. What is claimed must work and what is not claimed must be refused; the contract test proves both.
 *
 * @param supportsCustomWork whether it runs the project's worker (train, predict, generate); a token-priced service does not
 * @param supportsStepEvents whether loss and throughput of each step can be followed
 * @param supportsStop whether a job can be stopped
 * @param supportsResume whether {@link Provider#resume} lets a job that was stopped or failed go on from its checkpoint; that a
 *     place restarts a job whose machine it took away is another thing and needs no call
 * @param supportsTimeLimit whether the provider itself ends a job at {@link Submission#timeLimit()}
 * @param givesModel whether {@link Provider#fetch} brings the files of the tuned model; a service that keeps it brings a reference, and
 *     tells before its end how to go on, in a notice on the {@linkplain dev.finetune4j.run.RunEvent.Noticed.Subject#COMPARISON comparison}
 * @param launchesOnce whether one launch makes one job, whatever answer is lost; where it does not, {@link Provider#submit} and {@link
 *     Provider#find} keep one and end the others, which may be billed until then
 * @param learnsPreferences whether it learns from pairs of answers which is better ({@link TaskKind#PREFERENCE}); every place learns answers
 * @param longestRun for how long the place lets a job run at most, so that a larger budget ends there; null where it tells no such bound
 * @param billing what costs money, so that a {@link FineTuneJob} needs a budget
 */
public record Capabilities(
        boolean supportsCustomWork,
        boolean supportsStepEvents,
        boolean supportsStop,
        boolean supportsResume,
        boolean supportsTimeLimit,
        boolean givesModel,
        boolean launchesOnce,
        boolean learnsPreferences,
        @Nullable Duration longestRun,
        Billing billing) {
    /** A place whose worker leaves what it trained, or a service that keeps it. */
    public Capabilities(
            boolean supportsCustomWork,
            boolean supportsStepEvents,
            boolean supportsStop,
            boolean supportsResume,
            boolean supportsTimeLimit,
            Billing billing) {
        this(
                supportsCustomWork,
                supportsStepEvents,
                supportsStop,
                supportsResume,
                supportsTimeLimit,
                supportsCustomWork,
                billing);
    }

    /** A place that makes one job of a launch. */
    public Capabilities(
            boolean supportsCustomWork,
            boolean supportsStepEvents,
            boolean supportsStop,
            boolean supportsResume,
            boolean supportsTimeLimit,
            boolean givesModel,
            Billing billing) {
        this(
                supportsCustomWork,
                supportsStepEvents,
                supportsStop,
                supportsResume,
                supportsTimeLimit,
                givesModel,
                true,
                false,
                null,
                billing);
    }

    /** The same at a place that may make more jobs of one launch than one, of which one stays. */
    public Capabilities launchingAtLeastOnce() {
        return with(false, learnsPreferences, longestRun);
    }

    /** The same at a place that learns which of two answers is better, too. */
    public Capabilities learningPreferences() {
        return with(launchesOnce, true, longestRun);
    }

    /** The same at a place that lets no job run for longer. */
    public Capabilities runningAtMost(Duration longest) {
        return with(launchesOnce, learnsPreferences, longest);
    }

    /** Whether a job does the same work at both places; for how long it may run is a matter of the terms there. */
    public boolean doTheSameAs(Capabilities other) {
        return equals(other.with(other.launchesOnce, other.learnsPreferences, longestRun));
    }

    private Capabilities with(boolean once, boolean preferences, @Nullable Duration longest) {
        return new Capabilities(
                supportsCustomWork,
                supportsStepEvents,
                supportsStop,
                supportsResume,
                supportsTimeLimit,
                givesModel,
                once,
                preferences,
                longest,
                billing);
    }

    /** Whether anything costs money. */
    public boolean bills() {
        return billing != Billing.NOTHING;
    }

    /** Whether running time costs money. */
    public boolean billsTime() {
        return billing == Billing.TIME;
    }
}
