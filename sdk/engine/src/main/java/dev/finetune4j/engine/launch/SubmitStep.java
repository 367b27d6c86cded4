package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.watch.RunWatch;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Launches once. The intent is durable before the provider is called, and every call carries the same name and digest, so that a
 * lost answer, or a process that died in between, leads to the job that is there and not to a second one.
 */
final class SubmitStep {
    private final LaunchContext context;
    private final Journal journal;
    private final Provider provider;
    private Consumer<Problem> waiting = why -> {};
    private boolean isUnsure;
    private @Nullable JobSnapshot found;

    SubmitStep(LaunchContext context, Journal journal, Provider provider) {
        this.context = context;
        this.journal = journal;
        this.provider = provider;
        JournalContent content = journal.content();
        isUnsure = isResumePending(content)
                || (submittedHere(content).isEmpty() && intent(content).isPresent());
    }

    /** Whether it was decided on before to launch the run at this place. */
    private Optional<JournalEntry.Intent> intent(JournalContent content) {
        return content.sinceRenewed()
                .last(JournalEntry.Intent.class)
                .filter(intent -> intent.provider().equals(provider.id()));
    }

    /**
     * The job at the provider: launched now, or before.
     *
     * @throws FineTuneException what the provider refuses for good, or how it last failed; nothing is launched twice by trying again
     */
    JobSnapshot submit(Submission submission) throws InterruptedException {
        JournalContent content = journal.content();
        if (isResumePending(content)) {
            JobSnapshot resumed = resume(submission);
            journal.append(new JournalEntry.Submitted(resumed, false));
            return resumed;
        }
        Optional<JobSnapshot> before = submittedHere(content);
        if (before.isPresent()) {
            return before.get();
        }
        String there = intent(content)
                .map(intent -> Optional.ofNullable(intent.found()))
                .orElseGet(() -> intend(submission))
                .orElse(null);
        JobSnapshot submitted = launch(submission);
        // Another one is ours: what was there had ended for want of its machine, and was launched anew.
        boolean isFound = submitted.reference().equals(there);
        found = isFound ? submitted : null;
        journal.append(new JournalEntry.Submitted(submitted, isFound));
        return submitted;
    }

    /** Has somebody told why the launch waits, where it does for longer than usual. */
    SubmitStep whileWaiting(Consumer<Problem> listener) {
        waiting = listener;
        return this;
    }

    /** The job where somebody had launched the same from elsewhere before this run asked for it; empty where it is the run's own. */
    Optional<JobSnapshot> found() {
        return Optional.ofNullable(found);
    }

    /** Writes down that the job is to be launched, and the place's name of it where it is there: whoever comes after us knows that then. */
    private Optional<String> intend(Submission submission) {
        Optional<String> there = look(submission.id()).map(JobSnapshot::reference);
        journal.append(new JournalEntry.Intent(provider.id(), submission.order().digest(), there.orElse(null)));
        return there;
    }

    private Optional<JobSnapshot> look(RunId id) {
        try {
            return provider.find(id);
        } catch (FineTuneException e) {
            return Optional.empty(); // the launch itself looks again, and tells what is wrong
        }
    }

    private JobSnapshot launch(Submission submission) throws InterruptedException {
        PatientCall call = new PatientCall(context.sleeper(), waiting);
        try {
            return call.make(() -> provider.submit(submission));
        } finally {
            isUnsure |= call.isUnanswered();
        }
    }

    /**
     * Whether the place may have the job although it refused: since an earlier call got no answer, and it does not say now that there is no
     * such job. What ended here on a machine before this one is not it.
     */
    boolean mayBeThere(RunId id) {
        if (!isUnsure) {
            return false;
        }
        boolean wasLaunched =
                RunView.of(journal.content()).filter(RunView::isLaunchedHere).isPresent();
        try {
            return provider.find(id)
                    .filter(job -> !wasLaunched || !job.state().isTerminal())
                    .isPresent();
        } catch (FineTuneException e) {
            return true;
        }
    }

    private JobSnapshot resume(Submission submission) {
        JobSnapshot now = provider.find(submission.id())
                .orElseThrow(() -> PlaceProblems.gone(submission.id(), provider.id(), RunWatch.GONE_AFTER));
        boolean ended = now.state() == RunState.STOPPED || now.state() == RunState.FAILED;
        isUnsure = false;
        return ended ? provider.resume(submission.id()) : now;
    }

    /** The job on the machine where it is now. */
    static Optional<JobSnapshot> submittedHere(JournalContent content) {
        JobSnapshot last = null;
        for (JournalEntry entry : content.entries().toList()) {
            if (entry instanceof JournalEntry.Submitted answer) {
                last = answer.snapshot();
            } else if (entry instanceof JournalEntry.Moved) {
                last = null;
            }
        }
        return Optional.ofNullable(last);
    }

    /** Whether the place is known to have what was launched last: not after a move, or a resume, that it has not answered yet. */
    static boolean isAtPlace(JournalContent content) {
        return submittedHere(content).isPresent() && !isResumePending(content);
    }

    /** Whether a resume was decided on and no answer to it is known. */
    static boolean isResumePending(JournalContent content) {
        List<JournalEntry> entries = content.entries().toList();
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i) instanceof JournalEntry.Submitted) {
                return false;
            }
            if (entries.get(i) instanceof JournalEntry.ResumeAsked) {
                return true;
            }
        }
        return false;
    }
}
