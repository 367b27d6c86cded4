package dev.finetune4j.engine.launch;

import dev.finetune4j.engine.journal.HostedRun;
import dev.finetune4j.engine.journal.HostingStory;
import dev.finetune4j.engine.journal.Journal;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunLock;
import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.engine.spec.Profile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Precision;
import dev.finetune4j.run.ModelFormat;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets the places of runs host their tuned models, when somebody asks for it. What is about to be asked for is in the run's journal before it
 * is, so that whoever comes after a process that died finds it, and nothing is hosted twice.
 */
public final class ModelHosting {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    /** As what a merged model is sent. */
    static final ModelFormat MERGED = new ModelFormat.HuggingFace(Precision.BF16);

    private static final Duration FIRST_LOOK = Duration.ofMillis(200);

    private final LaunchContext context;
    private final RunStore store;
    private final SideJobs sideJobs;
    private final Supplier<Profile> profile;

    /** @param profile what job files need not say of places, as it is now */
    ModelHosting(LaunchContext context, RunStore store, SideJobs sideJobs, Supplier<Profile> profile) {
        this.context = context;
        this.store = store;
        this.sideJobs = sideJobs;
        this.profile = profile;
    }

    /**
     * What hosting the model of a run would cost, and whether it is hosted.
     *
     * @param run its id or the start of it
     * @param way {@link HostingWay#name}; null for the first, which costs nothing while nobody asks where there is such a way
     * @param units how many units, from 1
     * @throws FineTuneException with FT0504 if there is no such run, FT0508 if it goes on, FT0510 if its place hosts no model, FT0527 if
     *     there is no such way, or why the run has no model
     */
    public HostingTerms terms(String run, @Nullable String way, int units) {
        RunView view = hostable(store.resolve(run));
        try (Provider place = Outcomes.open(view, context.providers())) {
            Hosting hosting = of(place, view);
            List<HostingWay> ways = hosting.ways(view.id());
            HostingWay chosen = ways.stream()
                    .filter(one -> way == null || one.name().equals(way))
                    .findFirst()
                    .orElseThrow(() -> LaunchProblems.noWay(place.id(), way, ways));
            HostedModel hosted = hosting.find(view.id()).stream().findFirst().orElse(null);
            return new HostingTerms(view.id(), place.id(), chosen, units, ways, hosted, false);
        }
    }

    /**
     * What it would cost to bring the model of a run to another place than where it was trained, and to host it there.
     *
     * @param run its id or the start of it
     * @param way {@link HostingWay#name}; null for the only one
     * @param units how many units, from 1
     * @param target where; where the run's own place is named, the same as {@link #terms(String, String, int)}
     * @throws FineTuneException with FT0504 if there is no such run, FT0508 if it goes on, FT0510 if the place takes no models in or the run's
     *     own place keeps its weights, FT0512 if they are gone, FT0527 if there is no such way, or all that the place has against the model
     */
    public HostingTerms terms(String run, @Nullable String way, int units, ProviderId target) {
        RunFolder folder = store.resolve(run);
        RunView view = hostable(folder);
        if (target.equals(Outcomes.place(view, context.providers()))) {
            return terms(run, way, units);
        }
        try (Provider place = open(target, view)) {
            Hosting hosting = of(place, view);
            HostingWay only = hosting.importWay()
                    .orElseThrow(
                            () -> PlaceProblems.notSupported(target, "take in a model that was trained elsewhere"));
            if (way != null && !way.equals(only.name())) {
                throw LaunchProblems.noWay(target, way, List.of(only));
            }
            Integer most = only.mostUnits();
            if (most != null && units > most) {
                throw LaunchProblems.tooManyUnits(target, only.name(), most, units);
            }
            List<Problem> problems = hosting.importRefusals(sideJobs.base(folder));
            if (!problems.isEmpty()) {
                throw new FineTuneException(problems, null);
            }
            HostedModel hosted = hosting.find(view.id()).stream().findFirst().orElse(null);
            return new HostingTerms(view.id(), target, only, units, List.of(only), hosted, true);
        }
    }

    /** The calls that {@link #host} would make, with exactly what they would send; makes none of them. */
    public List<PlannedCall> dryRun(HostingTerms terms) throws InterruptedException {
        RunFolder folder = store.folder(terms.run());
        RunView view = RunView.read(folder);
        try (Provider place = open(terms.place(), view)) {
            HostingOrder next = next(HostingStory.of(folder.read()), terms);
            return brought(terms, next, order -> of(place, view).plannedCalls(order));
        }
    }

    private interface Giving<T> {
        T give(HostingOrder order) throws InterruptedException;
    }

    /** An order with the merged model, where that is not at the place; it is merged for the time of the call. */
    private <T> T brought(HostingTerms terms, HostingOrder order, Giving<T> giving) throws InterruptedException {
        if (!terms.isBrought()) {
            return giving.give(order);
        }
        RunFolder folder = store.folder(terms.run());
        Path merged = folder.path().resolve("merged");
        Folders.remove(merged); // what a process left that died
        try {
            sideJobs.export(folder, MERGED, merged).await();
            return giving.give(order.bringing(merged));
        } finally {
            Folders.remove(merged);
        }
    }

    /**
     * The same as {@link #host(HostingTerms, Consumer, Consumer)} for whoever does not ask why it takes long.
     *
     * @param seen told each state
     */
    public HostedModel host(HostingTerms terms, Consumer<HostedModel> seen) throws InterruptedException {
        return host(terms, seen, why -> {});
    }

    /**
     * Hosts a model as somebody agreed to, at most once, and waits until it answers. What is hosted just so already is taken up.
     *
     * @param seen told each state
     * @param waiting told once why it takes longer than usual until the place takes the order, where it does
     * @throws FineTuneException with FT0505 if another process drives the run, FT0528 if it is hosted in another way, FT0529 if it is ended
     *     before it answers, or why the place did not host it
     * @throws InterruptedException if the thread was told to stop waiting; what was asked for is hosted, and billed
     */
    public HostedModel host(HostingTerms terms, Consumer<HostedModel> seen, Consumer<Problem> waiting)
            throws InterruptedException {
        RunFolder folder = store.folder(terms.run());
        RunView view = hostable(folder);
        RunLock lock = locked(folder);
        try (lock;
                Journal journal = opened(folder);
                Provider place = open(terms.place(), view)) {
            Hosting hosting = of(place, view);
            HostedModel now = takenUpOrMade(terms, hosting, journal, waiting);
            Duration pause = FIRST_LOOK;
            while (true) {
                journal.append(new JournalEntry.Hosted(now));
                seen.accept(now);
                HostedModel before = now;
                while (now.state() == HostedModel.State.CREATING && now.equals(before)) {
                    context.sleeper().sleep(pause);
                    pause = pause.multipliedBy(2).compareTo(BETWEEN_LOOKS) < 0 ? pause.multipliedBy(2) : BETWEEN_LOOKS;
                    now = same(hosting.find(terms.run()), before)
                            .orElseThrow(() -> LaunchProblems.hostingGone(terms.run(), before.reference()));
                }
                if (now.equals(before)) {
                    return now;
                }
            }
        }
    }

    private HostedModel takenUpOrMade(HostingTerms terms, Hosting hosting, Journal journal, Consumer<Problem> waiting)
            throws InterruptedException {
        HostingStory story = HostingStory.of(journal.content());
        List<HostedModel> there = hosting.find(terms.run());
        if (!there.isEmpty()) {
            HostedModel same = there.stream()
                    .filter(terms::isMetBy)
                    .findFirst()
                    .orElseThrow(() -> LaunchProblems.hostedOtherwise(there, terms));
            if (story.asked() == null) { // hosted from another machine, or by a journal that is gone
                journal.append(new JournalEntry.HostAsked(terms.place(), next(story, terms)));
            }
            return same;
        }
        if (terms.hosted() != null) { // that was agreed to be taken up, and not that another is paid for
            throw LaunchProblems.hostingGone(terms.run(), terms.hosted().reference());
        }
        if (story.seen() != null) {
            journal.append(new JournalEntry.HostingEnded(story.seen().reference()));
        }
        HostingOrder order = next(HostingStory.of(journal.content()), terms);
        return brought(terms, order, whole -> {
            journal.append(new JournalEntry.HostAsked(terms.place(), order));
            return new PatientCall(context.sleeper(), waiting).make(() -> hosting.host(whole));
        });
    }

    private static HostingOrder next(HostingStory story, HostingTerms terms) {
        return story.next(terms.run(), terms.way().name(), terms.units());
    }

    private static Optional<HostedModel> same(List<HostedModel> found, HostedModel before) {
        return found.stream()
                .filter(one ->
                        one.way().name().equals(before.way().name())) // what is brought in is told by its job first
                .findFirst();
    }

    /**
     * What of a run is hosted now, for somebody who would end it.
     *
     * @param run its id or the start of it
     * @throws FineTuneException with FT0504 if there is no such run, FT0510 if its place hosts no model
     */
    public List<HostedModel> find(String run) {
        RunView view = RunView.read(store.resolve(run));
        try (Provider place = open(view)) {
            return of(place, view).find(view.id());
        }
    }

    /**
     * Ends all that is hosted of a run; its model stays.
     *
     * @param run its id or the start of it
     * @return what was ended
     * @throws FineTuneException with FT0504 if there is no such run, FT0505 if another process drives it, or why the place does not end it
     */
    public List<HostedModel> end(String run) {
        RunFolder folder = store.resolve(run);
        RunView view = RunView.read(folder);
        RunLock lock = locked(folder);
        try (lock;
                Journal journal = opened(folder);
                Provider place = open(view)) {
            Hosting hosting = of(place, view);
            List<HostedModel> there = hosting.find(view.id());
            there.forEach(hosting::end);
            JournalEntry.HostAsked asked = HostingStory.of(journal.content()).asked();
            if (asked != null && there.isEmpty()) {
                journal.append(new JournalEntry.HostingEnded(""));
            }
            // Once all are ended: what is left of them would be taken for gone.
            there.forEach(model -> journal.append(new JournalEntry.HostingEnded(model.reference())));
            return there;
        }
    }

    /**
     * Every run of this home whose model is hosted, as its place tells now; one that was ended elsewhere is left out. Of a place that cannot
     * be reached it is what was seen last, or what was asked for where no answer to that is known.
     */
    public List<HostedRun> list() {
        return store.list().stream().flatMap(view -> now(view).stream()).toList();
    }

    private List<HostedRun> now(RunView view) {
        HostedRun last = view.hosted();
        if (last == null) {
            return List.of();
        }
        try (Provider place = open(view)) {
            List<HostedModel> found = of(place, view).find(view.id());
            HostedModel seen = last.model();
            if (found.isEmpty() && seen != null) {
                writeEnd(view.id(), seen);
            }
            return found.stream()
                    .map(model -> new HostedRun(view.id(), last.place(), last.asked(), model, true))
                    .toList();
        } catch (FineTuneException e) { // what cannot be reached is not gone
            return List.of(last);
        }
    }

    /** Somebody ended it elsewhere; what is told without asking the place should know of it. */
    private void writeEnd(RunId run, HostedModel gone) {
        RunFolder folder = store.folder(run);
        Optional<RunLock> free = RunLock.tryTake(folder, context.files());
        if (free.isPresent()) {
            RunLock lock = free.get();
            try (lock;
                    Journal journal = opened(folder)) {
                journal.append(new JournalEntry.HostingEnded(gone.reference()));
            }
        }
    }

    /** Where the model was to be hosted last, which may be another place than where it was trained. */
    private Provider open(RunView view) {
        HostedRun hosted = view.hosted();
        return hosted == null ? Outcomes.open(view, context.providers()) : open(hosted.place(), view);
    }

    /** Another place than that of the run; a job of which nothing was meant for it goes by the profile. */
    private Provider open(ProviderId target, RunView view) {
        FineTuneJob job = view.job();
        return context.providers()
                .open(
                        target,
                        job.settingsOf(target).isEmpty()
                                ? job.toBuilder()
                                        .place(target, profile.get().settingsOf(target))
                                        .build()
                                : job);
    }

    private RunView hostable(RunFolder folder) {
        RunView view = RunView.read(folder);
        if (!view.closed()) {
            String state = view.state().name().toLowerCase(Locale.ROOT);
            throw RunProblems.stillLive(
                    view.id(), "host the model of", "it is " + state, "finetune watch " + view.id());
        }
        ModelWork.refuseWithoutModel(view, folder, context.providers());
        return view;
    }

    /** Of the place of a run that has a model, or that takes it in. */
    private Hosting of(Provider place, RunView view) {
        return place.hosting().orElseThrow(() -> PlaceProblems.noHost(place.id(), view.id(), takers(view)));
    }

    /** The places that take in models which were trained elsewhere. */
    private List<ProviderId> takers(RunView view) {
        return context.providers().ids().stream()
                .sorted(Comparator.comparing(ProviderId::value))
                .filter(id -> takesIn(id, view))
                .toList();
    }

    private boolean takesIn(ProviderId id, RunView view) {
        try (Provider place = open(id, view)) {
            return place.hosting().flatMap(Hosting::importWay).isPresent();
        }
    }

    private RunLock locked(RunFolder folder) {
        return RunLock.tryTake(folder, context.files()).orElseThrow(() -> RunProblems.drivenElsewhere(folder.id()));
    }

    private Journal opened(RunFolder folder) {
        return Journal.open(folder, context.files(), context.clock(), context.redaction());
    }
}
