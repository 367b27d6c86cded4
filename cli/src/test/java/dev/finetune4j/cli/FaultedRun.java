package dev.finetune4j.cli;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.JournalContent;
import dev.finetune4j.engine.journal.RunFolder;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.journal.RunView;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.price.GpuSpec;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.price.OfferFilter.Spot;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.run.RunState;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.Money;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A job of an hour that is launched by {@link FineTuner} at a place of an offline cloud, both on a clock on which hours take no time, while
 * something goes wrong.
 */
final class FaultedRun implements AutoCloseable {
    /** More than a vendor's client tries at once. */
    private static final int BURST = 5;

    /** An exit code that asks for another try. */
    private static final int LISTED = 75;

    private static final Money BUDGET = Money.parse("3 USD");
    private static final Duration OUTAGE = Duration.ofMinutes(30);
    private static final Duration WORK = Duration.ofHours(1);

    private final VirtualClock clock = new VirtualClock();
    private final FaultPlace kind;
    private final Fault fault;
    private final FaultedPlace place;
    private final Path job;
    private final RunStore runs;
    private final FineTuner tuner;
    private boolean hasStruck;

    /** Opens the place, and makes the job ready. */
    FaultedRun(Path folder, FaultPlace kind, Fault fault) throws IOException {
        this.kind = kind;
        this.fault = fault;
        place = kind.open(folder, clock, container());
        job = write(folder);
        Path home = folder.resolve("user");
        runs = new RunStore(home);
        tuner = FineTuner.builder()
                .home(home)
                .environment(place.environment())
                .providers(CommandAzure.waitingBy(clock))
                .clock(clock)
                .sleeper(this::pass)
                .build();
    }

    private Container container() {
        Container good = PlannedContainer.succeedingAfter(WORK);
        if (fault == Fault.USER_EXIT) {
            return PlannedContainer.failingAfter(WORK.dividedBy(2), 1, "the loss is not a number");
        }
        if (fault != Fault.USER_EXIT_LISTED) {
            return good;
        }
        Container failing = PlannedContainer.failingAfter(WORK.dividedBy(6), LISTED, "the data server went away");
        Container goingOn =
                PlannedContainer.succeedingAfter(kind.keepsCheckpoints() ? WORK.minus(WORK.dividedBy(6)) : WORK);
        AtomicInteger starts = new AtomicInteger();
        return (job, at, ranBefore, log) ->
                (starts.getAndIncrement() == 0 ? failing : goingOn).start(job, at, ranBefore, log);
    }

    private Path write(Path folder) throws IOException {
        Path file = TicketsJob.writeUncompared(folder, 1);
        boolean isSpot = fault == Fault.SPOT_RECLAIM || fault == Fault.STOCK_OUT_LATER;
        return Files.writeString(
                file,
                Files.readString(file) + "budget: {max-cost: " + BUDGET + "}\n"
                        + (fault == Fault.USER_EXIT_LISTED ? "recovery: {exit-codes: [" + LISTED + "]}\n" : "")
                        + "targets: ["
                        + kind.target() + "]\nplaces:\n" + place.settings()
                        + (isSpot ? "    spot: true\n" : ""));
    }

    /**
     * What came of it.
     *
     * @param journal what the run's journal holds at its end; empty where no run began
     * @param view the run as its journal tells it; null where none began
     * @param refusal why no run began, or why the first who followed it gave up; null where neither
     * @param jobs names of the jobs that the service made
     * @param creates calls that asked it to make one
     * @param unanswered looks at a job that got no answer
     * @param budget what the run might cost
     */
    record End(
            JournalContent journal,
            @Nullable RunView view,
            @Nullable Problem refusal,
            List<String> jobs,
            int creates,
            long unanswered,
            Money budget) {}

    /** Plans, launches and follows; where whoever follows gives up, what hinders is mended and the run taken up again, as a person does. */
    End endure() throws InterruptedException {
        prepare();
        JobFile file = tuner.read(job);
        PlanRequest request = request(file);
        Plan plan = tuner.plan(file, request);
        Optional<Problem> impasse = tuner.impasse(file, request, plan);
        if (impasse.isPresent()) {
            return end(contradiction(file, request).orElse(impasse.get()));
        }
        RunHandle<RunOutcome> run = tuner.launch(plan);
        try {
            run.await();
            return end(null);
        } catch (FineTuneException e) {
            mend();
            tuner.attach(run.id().value()).await();
            return end(e.problems().get(0));
        }
    }

    /** What a launch tells rather than that no plan was found. */
    private Optional<Problem> contradiction(JobFile file, PlanRequest request) {
        try {
            tuner.refuseContradictions(file, request);
            return Optional.empty();
        } catch (FineTuneException e) {
            return Optional.of(e.problems().get(0));
        }
    }

    /** Machines of one GPU, which the models of the hub are tuned on, too. */
    private PlanRequest request(JobFile file) {
        List<GpuSpec> wanted = kind.gpus().stream().map(GpuSpec::parse).toList();
        OfferFilter offers = new OfferFilter(file.job().targets(), List.of(), wanted, Spot.NEVER, null);
        return new PlanRequest(offers, Objective.BALANCED, null, null, false, null);
    }

    private End end(@Nullable Problem refusal) {
        Optional<RunFolder> folder =
                runs.list().stream().map(run -> runs.folder(run.id())).findFirst();
        return new End(
                folder.map(RunFolder::read).orElse(new JournalContent(List.of(), 0)),
                folder.map(RunView::read).orElse(null),
                refusal,
                place.jobs(),
                place.calls(place.create()).size(),
                place.calls(place.look()).stream()
                        .filter(call -> call.status() == 0)
                        .count(),
                BUDGET);
    }

    /** Lets a fault happen that is there before the launch. */
    private void prepare() {
        switch (fault) {
            case STOCK_OUT_AT_CREATE -> place.sellOut();
            case QUOTA -> place.refuseQuota();
            case THROTTLE_BURST -> place.faults().throttle(place.create(), BURST);
            case SERVER_ERROR_BURST -> place.faults().breakDown(place.create(), BURST);
            case ACCESS_DENIED -> place.faults().denyAccess(place.create(), 1);
            case BAD_SPEC -> place.faults().refuse(place.create(), 1, place.invalid());
            case LOST_ANSWER -> place.faults().loseAnswer(place.create(), 1);
            default -> {
                // happens while it trains
            }
        }
    }

    /** Time passes; what is to happen while the job trains happens once the run is known to train. */
    private void pass(Duration pause) {
        clock.advance(pause);
        if (!hasStruck && RunView.read(only()).state() == RunState.TRAINING) {
            hasStruck = true;
            strike();
        }
    }

    private RunFolder only() {
        return runs.folder(runs.list().get(0).id());
    }

    private void strike() {
        String name = only().id().value();
        switch (fault) {
            case STOCK_OUT_LATER -> {
                place.sellOut();
                place.reclaim(name);
            }
            case SPOT_RECLAIM -> place.reclaim(name);
            case EXPIRED_CREDENTIAL -> place.faults().expireToken(place.look(), 1);
            case POLL_OUTAGE -> place.faults().outage(OUTAGE);
            case DELETED_BY_HAND -> place.remove(name);
            case USER_EXIT -> place.refuseRows(name);
            default -> {
                // was there before the launch
            }
        }
    }

    /** What a person does before the run is taken up again. */
    private void mend() {
        if (fault == Fault.QUOTA) {
            place.grantQuota();
        }
    }

    @Override
    public void close() {
        tuner.close();
        place.close();
    }
}
