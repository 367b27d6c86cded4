package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunState;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** The runs so far of one job with one set of data and model, each as its journal stood when it was read. */
final class Attempts {
    private record Attempt(RunFolder folder, JournalContent content, Optional<RunView> view) {}

    private final List<Attempt> firstToLast;

    private Attempts(List<Attempt> firstToLast) {
        this.firstToLast = firstToLast;
    }

    /** As {@link #read(RunStore, String, String)}, of a prepared job. */
    static Attempts read(RunStore store, PreparedJob job) {
        return read(store, job.file().job().name(), job.digest());
    }

    /**
     * Reads the journal of every attempt once.
     *
     * @throws FineTuneException with FT0502 or FT0503 if that of the last cannot be read
     */
    static Attempts read(RunStore store, String jobName, String digest) {
        List<Attempt> attempts = new ArrayList<>();
        List<RunId> ids = store.attempts(jobName, digest);
        for (RunId id : ids) {
            RunFolder folder = store.folder(id);
            try {
                JournalContent content = folder.read();
                attempts.add(new Attempt(folder, content, RunView.of(content)));
            } catch (FineTuneException e) {
                if (id.equals(ids.get(ids.size() - 1))) {
                    throw e;
                }
                // An earlier attempt with a damaged journal is neither driven on nor reused.
            }
        }
        return new Attempts(attempts);
    }

    /** The number of the attempt to drive: the last, or one more where that one has ended. */
    int next() {
        boolean isEnded = last().flatMap(Attempt::view).filter(RunView::closed).isPresent();
        return isEnded ? newest() + 1 : newest();
    }

    /** The number of the last attempt, or 1. */
    int newest() {
        return last().map(last -> last.folder().id().value())
                .map(id -> Integer.parseInt(id.substring(id.lastIndexOf('-') + 1)))
                .orElse(1);
    }

    /** The last attempt, however it stands; empty where there is none, and where no place ever said that it has it. */
    Optional<RunFolder> launched() {
        return last().filter(last ->
                        last.view().filter(view -> view.submitted() != null).isPresent())
                .map(Attempt::folder);
    }

    private Optional<Attempt> last() {
        return firstToLast.isEmpty() ? Optional.empty() : Optional.of(firstToLast.get(firstToLast.size() - 1));
    }

    /** The newest attempt that ended well by the same version, has its output, and will do. */
    Optional<RunFolder> success(PreparedJob job, String version, Predicate<RunView> reusable) {
        for (int i = firstToLast.size() - 1; i >= 0; i--) {
            Attempt attempt = firstToLast.get(i);
            Optional<RunView> run =
                    attempt.view().filter(view -> isDone(view) && isOf(job, version, attempt.content(), view));
            if (run.filter(reusable).isPresent()) {
                return Optional.of(attempt.folder());
            }
        }
        return Optional.empty();
    }

    /**
     * The last attempt, if it is of the same work by the same version and failed, or was stopped, though not by its budget; one that has not
     * been closed, too, since its place may say of it what nobody was there to hear. Empty where an earlier one
     * {@linkplain #success ended well}: there is nothing left to train.
     */
    Optional<RunFolder> interrupted(PreparedJob job, String version) {
        return unsuccessful(
                job, version, (view, content) -> view.state() != RunState.SUCCEEDED && !isByBudget(content));
    }

    /**
     * The last attempt, if it is of the same work by the same version and was stopped by its budget, which is that of the job. Empty where
     * an earlier one {@linkplain #success ended well}.
     */
    Optional<RunFolder> stoppedByBudget(PreparedJob job, String version) {
        return unsuccessful(job, version, (view, content) -> view.closed() && isByBudget(content));
    }

    private Optional<RunFolder> unsuccessful(
            PreparedJob job, String version, BiPredicate<RunView, JournalContent> isMeant) {
        if (success(job, version, run -> true).isPresent()) {
            return Optional.empty();
        }
        return last().filter(last -> last.view()
                        .filter(view -> isMeant.test(view, last.content()) && isOf(job, version, last.content(), view))
                        .isPresent())
                .map(Attempt::folder);
    }

    private static boolean isByBudget(JournalContent content) {
        return content.last(JournalEntry.Closed.class)
                .filter(JournalEntry.Closed::byBudget)
                .isPresent();
    }

    private static boolean isDone(RunView view) {
        return view.closed()
                && view.state() == RunState.SUCCEEDED
                && view.output() != null
                && Files.isDirectory(view.output());
    }

    /** An id holds the start of the digest only, so the whole of each is compared. */
    private static boolean isOf(PreparedJob job, String version, JournalContent content, RunView view) {
        Optional<JournalEntry.Created> created = content.last(JournalEntry.Created.class);
        return created.filter(one -> one.version().equals(version)
                                && one.jobDigest()
                                        .equals(JobDigest.of(job.file().job())))
                        .isPresent()
                && view.prepared() != null
                && view.prepared().dataDigest().equals(job.data().digest())
                && view.prepared().modelDigest().equals(job.model().digest());
    }
}
