package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.RecoverySpec;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.Money;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Another try on its machine of a job that failed with an exit code which it lists for that. */
final class Recovery {
    private final RecoverySpec said;
    private final JournalContent journal;
    private final Agreement agreement;
    private final Provider place;

    /**
     * Of a run.
     *
     * @param said when its job asks for another try
     * @param journal what was decided so far
     * @param agreement what may still be spent
     * @param place where it failed
     */
    Recovery(RecoverySpec said, JournalContent journal, Agreement agreement, Provider place) {
        this.said = said;
        this.journal = journal;
        this.agreement = agreement;
        this.place = place;
    }

    /** Whether a job failed with a listed exit code; not where its place tells none, nor one that somebody else has given up before. */
    boolean isAskedFor(@Nullable JobSnapshot end) {
        return end != null
                && end.state() == RunState.FAILED
                && end.exitCode() != null
                && said.exitCodes().contains(end.exitCode())
                && !isOthers();
    }

    private boolean isOthers() {
        return journal.last(JournalEntry.Submitted.class)
                .filter(submitted ->
                        submitted.found() && submitted.snapshot().state().isTerminal())
                .isPresent();
    }

    /**
     * The next try; empty where there is none.
     *
     * @param end how it failed, {@linkplain #isAskedFor with a listed exit code}
     * @param longestBilled how long the place may bill for a job on the machine of such terms, if nobody watches
     */
    Optional<JournalEntry.Moved> next(
            Problem why, JobSnapshot end, Function<LaunchTerms, UnaryOperator<Duration>> longestBilled) {
        if (isUsedUp() || isStopped()) {
            return Optional.empty();
        }
        String told = listed(end) + ": restart " + (restarts() + 1) + " of " + said.maxRestarts()
                + (keepsCheckpoints()
                        ? ", from its last checkpoint"
                        : ", from the start, as " + place.id() + " keeps no checkpoint");
        return agreement.again(because(why, told), end, place, longestBilled);
    }

    /** The problem with why it is not tried again. */
    Problem untried(Problem why, JobSnapshot end) {
        return because(why, listed(end) + ", but " + obstacle(end));
    }

    private String obstacle(JobSnapshot end) {
        if (isStopped()) {
            return "the run was told to stop";
        }
        if (isUsedUp()) {
            return said.maxRestarts() == 1
                    ? "its one restart is used up"
                    : "its " + said.maxRestarts() + " restarts are used up";
        }
        if (agreement.terms() == null) {
            return "nothing was agreed to that another try may take";
        }
        Optional<Money> spent = agreement.spent(end);
        return spent.map(money -> money + " are spent, and ").orElse("")
                + "what is left of the most that was agreed to does not last for "
                + (keepsCheckpoints() ? "the rest of it" : "all of it, from the start");
    }

    private static String listed(JobSnapshot end) {
        return "exit code " + Objects.requireNonNull(end.exitCode()) + " is listed for another try";
    }

    private boolean keepsCheckpoints() {
        return place.capabilities().supportsResume();
    }

    private boolean isUsedUp() {
        return restarts() >= said.maxRestarts();
    }

    private boolean isStopped() {
        return journal.stopAsked().isPresent();
    }

    private long restarts() {
        return journal.sinceRenewed()
                .entries()
                .filter(entry -> entry instanceof JournalEntry.Moved moved && moved.isRestart())
                .count();
    }

    private static Problem because(Problem why, String cause) {
        List<String> causes = new ArrayList<>(why.causes());
        causes.add(cause);
        return why.withCauses(causes);
    }
}
