package dev.finetune4j.spi;

import dev.finetune4j.job.FineTuneJob;

/**
 * What a provider can do. What is claimed must work and what is not claimed must be refused; the contract test proves both.
 *
 * @param supportsCustomWork whether it runs the project's worker (train, predict, generate); a token-priced service does not
 * @param supportsStepEvents whether loss and throughput of each step can be followed
 * @param supportsStop whether a job can be stopped
 * @param supportsResume whether {@link Provider#resume} lets a job that was stopped or failed go on from its checkpoint; that a
 *     place restarts a job whose machine it took away is another thing and needs no call
 * @param supportsTimeLimit whether the provider itself ends a job at {@link Submission#timeLimit()}
 * @param givesModel whether {@link Provider#fetch} brings the files of the tuned model; a service that keeps it brings a reference
 * @param billing what costs money, so that a {@link FineTuneJob} needs a budget
 */
public record Capabilities(
        boolean supportsCustomWork,
        boolean supportsStepEvents,
        boolean supportsStop,
        boolean supportsResume,
        boolean supportsTimeLimit,
        boolean givesModel,
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

    /** Whether anything costs money. */
    public boolean bills() {
        return billing != Billing.NOTHING;
    }

    /** Whether running time costs money. */
    public boolean billsTime() {
        return billing == Billing.TIME;
    }
}
