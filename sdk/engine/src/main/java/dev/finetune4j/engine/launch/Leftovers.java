package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What places keep of jobs that nobody needs any more. */
public final class Leftovers {
    private final Providers providers;
    private final RunStore store;
    private final Instant now;
    private final Supplier<List<Offer>> offers;

    Leftovers(Providers providers, RunStore store, Instant now, Supplier<List<Offer>> offers) {
        this.providers = providers;
        this.store = store;
        this.now = now;
        this.offers = offers;
    }

    /**
     * What is kept although nothing needs it.
     *
     * @param age what was written since is kept, as somebody may be about to use it
     * @param isUnfetchedToo whether results are free as well that no run of this machine has fetched
     * @param isHostedToo whether what hosts models of runs that this machine does not know may be ended
     * @param isRunningToo whether jobs may be stopped that run and that no run of this machine follows
     */
    public record Limits(Duration age, boolean isUnfetchedToo, boolean isHostedToo, boolean isRunningToo) {}

    /**
     * Something that a place keeps.
     *
     * @param place where
     * @param found what
     * @param kept why it is not to be removed; empty where it is
     * @param hosted the model that it hosts, which is paid for now; null where it is something else
     * @param running the job that it is, which is paid for now; null where it is something else
     * @param perHour what an hour of that job's machine is billed at most; null where that is not known
     */
    public record Entry(
            ProviderId place,
            Leftover found,
            String kept,
            @Nullable HostedModel hosted,
            @Nullable UnfinishedJob running,
            @Nullable Money perHour) {
        /** Files, or a model that is hosted. */
        Entry(ProviderId place, Leftover found, String kept, @Nullable HostedModel hosted) {
            this(place, found, kept, hosted, null, null);
        }

        /** Whether nothing needs it. */
        public boolean isRemovable() {
            return kept.isEmpty();
        }

        /** The same, not to be removed for a reason. */
        public Entry keptFor(String reason) {
            return new Entry(place, found, reason, hosted, running, perHour);
        }
    }

    /**
     * All that the places of a job keep where its settings say.
     *
     * @param limits what of it is not free to be removed
     * @throws FineTuneException with FT0510 if none of them tells, and one bills
     */
    List<Entry> find(FineTuneJob job, Limits limits) {
        List<Entry> entries = new ArrayList<>();
        List<ProviderId> silent = new ArrayList<>();
        int told = 0;
        for (ProviderId target : job.targets()) {
            if (providers.ids().contains(target)) {
                try (Provider place = providers.open(target, job)) {
                    Optional<List<Leftover>> found = place.leftovers();
                    if (found.isPresent()) {
                        told++;
                        found.get().forEach(one -> entries.add(new Entry(target, one, kept(one, limits), null)));
                        entries.addAll(hosted(target, place, limits));
                        entries.addAll(new RunningJobs(store, now, limits, offers).at(target, place));
                    } else if (place.capabilities().bills()) {
                        silent.add(target);
                    }
                }
            }
        }
        if (told == 0 && !silent.isEmpty()) {
            throw PlaceProblems.notSupported(silent.get(0), "tell what it keeps of jobs");
        }
        return entries;
    }

    /** Removes an entry that is removable. */
    void remove(FineTuneJob job, Entry entry) {
        if (!entry.isRemovable()) {
            throw new IllegalArgumentException("entry must be removable, is kept for " + entry.kept());
        }
        HostedModel hosted = entry.hosted();
        try (Provider place = providers.open(entry.place(), job)) {
            if (entry.running() != null) {
                place.stop(entry.running().run());
            } else if (hosted == null) {
                place.remove(entry.found());
            } else {
                place.hosting().ifPresent(hosting -> hosting.end(hosted));
            }
        }
    }

    /** What hosts models; that the place does not tell it, or not to everybody, is no reason to tell nothing of files. */
    private List<Entry> hosted(ProviderId target, Provider place, Limits limits) {
        try {
            return place.hosting().stream()
                    .flatMap(hosting -> hosting.all().stream())
                    .map(one -> hosted(target, one, limits))
                    .toList();
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            Leftover unknown = new Leftover("what hosts models", null, 0, now, false, "");
            List<Entry> entries = new ArrayList<>();
            entries.add(new Entry(target, unknown, "not told: " + problem.code() + ": " + problem.summary(), null));
            store.list().stream()
                    .flatMap(view -> Optional.ofNullable(view.hosted()).stream())
                    .filter(one -> one.place().equals(target))
                    .forEach(one -> entries.add(lastSeen(one)));
            return entries;
        }
    }

    /** What this machine asked for, where the place does not tell what became of it. */
    private Entry lastSeen(HostedRun asked) {
        HostedModel model = asked.model();
        String reference = model == null ? asked.way() + " hosting of " + asked.run() : model.reference();
        Instant since = model == null ? now : model.since();
        return new Entry(
                asked.place(),
                new Leftover(reference, asked.run(), 0, since, false, ""),
                "its run, if it is there? " + endedBy(asked.run()),
                model);
    }

    private static String endedBy(RunId run) {
        return "\"finetune host " + run + " --remove\" ends it";
    }

    /** A hosted model is never ended along with files: of a run that is known by its own command alone, else if that is said. */
    private Entry hosted(ProviderId place, HostedModel model, Limits limits) {
        Leftover found = new Leftover(model.reference(), model.run(), 0, model.since(), false, "");
        return new Entry(place, found, keptHosting(model, found, limits), model);
    }

    private String keptHosting(HostedModel model, Leftover found, Limits limits) {
        if (Files.exists(store.folder(model.run()).journal())) {
            return "its run; " + endedBy(model.run());
        }
        String kept = limits.isHostedToo() ? kept(found, limits) : "nobody here; --hosted ends it with --yes";
        Instant until = model.committedUntil();
        return kept.isEmpty() && until != null && until.isAfter(now) ? "it is paid for until " + until : kept;
    }

    private String kept(Leftover found, Limits limits) {
        if (!found.use().isEmpty()) {
            return found.use();
        }
        String need = needHere(found, limits.isUnfetchedToo());
        if (!need.isEmpty()) {
            return need;
        }
        return found.lastUsed().plus(limits.age()).isAfter(now) ? "--older-than: it is younger" : "";
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
