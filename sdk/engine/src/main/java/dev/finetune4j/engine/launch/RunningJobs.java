package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that run at a place and are paid for now, whoever launched them. One that a run of this machine follows is ended by its own command;
 * any other may be somebody else's, whom nobody here can ask.
 */
final class RunningJobs {
    private final RunStore store;
    private final Instant now;
    private final Leftovers.Limits limits;
    private final Supplier<List<Offer>> offers;

    /** Those of the places of a job; offers are asked for where a job runs. */
    RunningJobs(RunStore store, Instant now, Leftovers.Limits limits, Supplier<List<Offer>> offers) {
        this.store = store;
        this.now = now;
        this.limits = limits;
        this.offers = offers;
    }

    /** All of a place; that it does not tell them, or not to everybody, is no reason to tell nothing of files. */
    List<Leftovers.Entry> at(ProviderId target, Provider place) {
        try {
            return place.unfinished().stream().map(job -> entry(target, job)).toList();
        } catch (FineTuneException e) {
            Problem problem = e.problems().get(0);
            Leftover unknown = new Leftover("what runs", null, 0, now, false, "");
            return List.of(new Leftovers.Entry(
                    target, unknown, "not told: " + problem.code() + ": " + problem.summary(), null));
        }
    }

    private Leftovers.Entry entry(ProviderId target, UnfinishedJob job) {
        Leftover found = new Leftover(job.reference(), job.run(), 0, job.since(), false, "");
        return new Leftovers.Entry(target, found, kept(job), null, job, perHour(target, job));
    }

    private String kept(UnfinishedJob job) {
        if (isFollowed(job.run())) {
            return "its run; \"finetune stop " + job.run() + "\" ends it";
        }
        if (!limits.isRunningToo()) {
            return "whoever launched it; --running stops it with --yes";
        }
        return job.since().plus(limits.age()).isAfter(now) ? "--older-than: it is younger" : "";
    }

    /** A run that has ended here follows nothing any more; one whose journal cannot be read may. */
    private boolean isFollowed(RunId run) {
        RunFolder folder = store.folder(run);
        if (Files.notExists(folder.journal())) {
            return false;
        }
        try {
            return RunView.of(folder.read()).filter(RunView::closed).isEmpty();
        } catch (FineTuneException e) {
            return true;
        }
    }

    private @Nullable Money perHour(ProviderId target, UnfinishedJob job) {
        return offers.get().stream()
                .filter(MachineOffer.class::isInstance)
                .map(MachineOffer.class::cast)
                .filter(offer -> job.isOn(target, offer))
                .flatMap(offer -> offer.billed().stream())
                .map(PriceFact::amount)
                .findFirst()
                .orElse(null);
    }
}
