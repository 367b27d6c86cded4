package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What places keep of jobs that nobody needs any more. */
public final class Leftovers {
    private final Providers providers;
    private final RunStore store;
    private final Instant now;

    Leftovers(Providers providers, RunStore store, Instant now) {
        this.providers = providers;
        this.store = store;
        this.now = now;
    }

    /**
     * Something that a place keeps.
     *
     * @param place where
     * @param found what
     * @param kept why it is not to be removed; empty where it is
     */
    public record Entry(ProviderId place, Leftover found, String kept) {
        /** Whether nothing needs it. */
        public boolean isRemovable() {
            return kept.isEmpty();
        }
    }

    /**
     * All that the places of a job keep where its settings say.
     *
     * @param age what was written since is kept, as somebody may be about to use it
     * @param unfetched whether results are free as well that no run of this machine has fetched
     * @throws FineTuneException with FT0510 if none of them tells, and one bills
     */
    List<Entry> find(FineTuneJob job, Duration age, boolean unfetched) {
        List<Entry> entries = new ArrayList<>();
        List<ProviderId> silent = new ArrayList<>();
        int told = 0;
        for (ProviderId target : job.targets()) {
            if (providers.ids().contains(target)) {
                try (Provider place = providers.open(target, job)) {
                    Optional<List<Leftover>> found = place.leftovers();
                    if (found.isPresent()) {
                        told++;
                        found.get().forEach(one -> entries.add(new Entry(target, one, kept(one, age, unfetched))));
                    } else if (place.capabilities().bills()) {
                        silent.add(target);
                    }
                }
            }
        }
        if (told == 0 && !silent.isEmpty()) {
            throw RunProblems.notSupported(silent.get(0), "tell what it keeps of jobs");
        }
        return entries;
    }

    /** Removes an entry that is removable. */
    void remove(FineTuneJob job, Entry entry) {
        if (!entry.isRemovable()) {
            throw new IllegalArgumentException("entry must be removable, is kept for " + entry.kept());
        }
        try (Provider place = providers.open(entry.place(), job)) {
            place.remove(entry.found());
        }
    }

    private String kept(Leftover found, Duration age, boolean unfetched) {
        if (!found.use().isEmpty()) {
            return found.use();
        }
        String need = needHere(found, unfetched);
        if (!need.isEmpty()) {
            return need;
        }
        return found.lastUsed().plus(age).isAfter(now) ? "its age" : "";
    }

    /** What this machine knows of the run: one that has not ended needs all; one whose journal cannot be read may still go on. */
    private String needHere(Leftover found, boolean unfetched) {
        if (found.run() == null) {
            return "";
        }
        try {
            return RunView.of(store.folder(found.run()).read())
                    .map(view -> view.closed()
                            ? ""
                            : "the run is " + view.state().name().toLowerCase(Locale.ROOT))
                    .orElse(found.isResult() && !unfetched ? "not fetched here" : "");
        } catch (FineTuneException e) {
            return "the run's journal cannot be read";
        }
    }
}
