package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.FineTuner;
import dev.finetune4j.engine.journal.JournalEntry;
import dev.finetune4j.engine.journal.RunStore;
import dev.finetune4j.engine.launch.RunHandle;
import dev.finetune4j.engine.plan.PlanRequest;
import dev.finetune4j.engine.price.GpuSpec;
import dev.finetune4j.engine.price.OfferFilter;
import dev.finetune4j.engine.price.OfferFilter.Spot;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.wire.Faults;
import dev.finetune4j.plan.LaunchTerms;
import dev.finetune4j.plan.Objective;
import dev.finetune4j.plan.Plan;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs one after another at an offline cloud, launched and followed by {@link FineTuner} on a clock on which hours take no time, under
 * circumstances that are drawn. The same random source gives the same runs.
 */
abstract class BudgetedRuns implements AutoCloseable {
    /** In which something may happen to a machine. */
    private static final Duration STEP = Duration.ofMinutes(1);

    /** When a service ends every job, and nobody keeps a machine any more. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(31);

    /** How long everything takes that nobody trains in, and what happens. */
    final Random random;

    /** Time of the cloud, and of whoever watches. */
    final VirtualClock clock = new VirtualClock();

    /** How often machines were taken back from the present run. */
    int reclaims;

    private final Path folder;
    private final Path home;
    private Container container = PlannedContainer.succeedingAfter(Duration.ZERO);
    private double reclaimsAMinute;
    private double soldOutAMinute;
    private @Nullable Instant death;

    /** Opens a home. */
    BudgetedRuns(Path folder, Random random) {
        this.folder = folder;
        this.random = random;
        home = folder.resolve("user");
    }

    /** Variables by which the cloud is found. */
    abstract Map<String, String> environment();

    /** Lines of a job below its budget: where it goes, on which terms. */
    abstract String places(boolean isSpot);

    /** Machines that it may go to, by their accelerators. */
    abstract List<String> accelerators();

    /** Codes of refusals that may come of what happens. */
    abstract List<String> knownRefusals();

    /** Draws how often the service itself fails the run that comes. */
    abstract void drawErrors();

    /** Draws what else happens at this place to it. */
    abstract void drawPlace();

    /** Loses some of the next calls or their answers. */
    final void loseSome(Faults faults, List<String> calls) {
        for (String call : calls) {
            int lost = random.nextInt(3);
            if (random.nextBoolean()) {
                faults.loseAnswer(call, lost);
            } else {
                faults.loseRequest(call, lost);
            }
        }
    }

    /** Takes machines back from all jobs that have such as may be taken. */
    abstract void reclaim();

    /** There are no machines of a size any more. */
    abstract void sellOut(String machine);

    /** There are machines of a size again. */
    abstract void restock(String machine);

    /** Sizes that may be sold out. */
    abstract List<String> machines();

    /** Lets the service itself fail what it may. */
    abstract void fail();

    /** Whether anything goes on being billed. */
    abstract boolean isBilled();

    /** What the service billed for the jobs of a run. */
    abstract List<BilledTime> billed(String run);

    /**
     * What a job is billed for.
     *
     * @param machine size of its machine
     * @param errors how often the service itself failed it
     */
    record BilledTime(String machine, Duration time, int errors) {}

    /** What runs in the cloud's jobs. */
    final Container container() {
        return (job, at, ranBefore, log) -> container.start(job, at, ranBefore, log);
    }

    /**
     * What a run cost.
     *
     * @param billed by the service, at the prices of the terms
     * @param worst what the terms said at most
     * @param jobs that the service made for it
     * @param reclaims how often a machine was taken back
     * @param restarts how often it was begun anew after an exit code
     * @param errors how often the service itself failed one of them
     * @param isWatchedToItsEnd whether somebody followed it to its end
     */
    record Bill(
            Money billed, Money worst, int jobs, int reclaims, int restarts, int errors, boolean isWatchedToItsEnd) {
        boolean isNearWorst() {
            return isAbove(0.8);
        }

        boolean isAboveHalf() {
            return isAbove(0.5);
        }

        private boolean isAbove(double share) {
            return billed.amount().doubleValue() > share * worst.amount().doubleValue();
        }
    }

    /** Whoever watched is there no more. */
    private static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Launches a run, and returns when nothing of it is billed any more.
     *
     * @param number tells its job from those before
     */
    Bill next(int number) throws IOException, InterruptedException {
        try (FineTuner tuner = tuner()) {
            Offered offered = offered(tuner, number);
            draw();
            String run = "";
            boolean isWatched = false;
            try {
                RunHandle<RunOutcome> handle = tuner.launch(offered.plan());
                run = handle.id().value();
                isWatched = follow(handle);
                while (!isWatched && random.nextBoolean()) {
                    isWatched = follow(later(tuner).attach(run));
                }
                while (isWatched && random.nextInt(3) == 0) {
                    isWatched = follow(later(tuner).resume(run));
                }
            } catch (FineTuneException e) {
                assertKnown(e); // what it left is judged all the same
            }
            death = null;
            letEnd();
            return bill(run, offered.terms(), isWatched);
        }
    }

    private record Offered(Plan plan, LaunchTerms terms) {}

    /** The terms of a job whose budget lasts long enough. */
    private Offered offered(FineTuner tuner, int number) throws IOException {
        while (true) {
            try {
                JobFile job = tuner.read(write(number));
                Plan plan = tuner.plan(job, request(job));
                if (plan.choice().isPresent()) {
                    return new Offered(plan, tuner.terms(plan));
                }
                clock.advance(Duration.ofMinutes(
                        30)); // what was sold out is asked for again, if the budget was not too small
            } catch (FineTuneException e) {
                assertThat(e.problems().get(0).code()).as(e.getMessage()).isEqualTo("FT0521");
            }
        }
    }

    /** After some time in which nobody watches. */
    private FineTuner later(FineTuner tuner) {
        death = null;
        pass(minutes(1, 300));
        death = random.nextBoolean() ? clock.instant().plus(minutes(1, 300)) : null;
        return tuner;
    }

    /** Whether it was followed to its end. */
    private boolean follow(RunHandle<RunOutcome> handle) throws InterruptedException {
        try {
            handle.await();
            return true;
        } catch (CompletionException e) {
            if (e.getCause() instanceof Died) {
                return false;
            }
            throw e;
        } catch (FineTuneException e) {
            assertKnown(e);
            return false; // gave up
        }
    }

    private void assertKnown(FineTuneException refusal) {
        assertThat(knownRefusals())
                .as(refusal.getMessage())
                .contains(refusal.problems().get(0).code());
    }

    private FineTuner tuner() {
        return FineTuner.builder()
                .home(home)
                .environment(environment())
                .clock(clock)
                .sleeper(this::pass)
                .build();
    }

    private Path write(int number) throws IOException {
        boolean isSpot = random.nextInt(3) > 0;
        Path file = TicketsJob.writeUncompared(Files.createTempDirectory(folder, "job"), number + 1);
        return Files.writeString(
                file,
                Files.readString(file)
                        + """
                budget: {max-cost: %s USD}
                recovery: {exit-codes: [75, 137], max-restarts: %s}
                """.formatted(0.4 + random.nextInt(12) / 10.0, 1 + random.nextInt(3))
                        + places(isSpot));
    }

    private PlanRequest request(JobFile job) {
        List<GpuSpec> wanted = accelerators().stream().map(GpuSpec::parse).toList();
        OfferFilter offers = new OfferFilter(job.job().targets(), List.of(), wanted, Spot.NEVER, null);
        return new PlanRequest(offers, Objective.BALANCED, null, null, false, null);
    }

    private void draw() {
        int exitCode = random.nextInt(3) == 0 ? List.of(1, 75, 137).get(random.nextInt(3)) : 0;
        boolean isShort = exitCode != 0 || random.nextInt(3) == 0; // what fails by itself fails while somebody watches
        Duration work = isShort ? minutes(1, 40) : minutes(40, 300);
        container = new PlannedContainer(work, exitCode, "", random.nextInt(4) > 0, seconds(0, 300));
        reclaimsAMinute = List.of(0.0, 0.0, 0.01, 0.1, 0.5).get(random.nextInt(5));
        soldOutAMinute = List.of(0.0, 0.0, 0.02).get(random.nextInt(3));
        reclaims = 0;
        drawErrors();
        death = random.nextInt(3) > 0 ? clock.instant().plus(minutes(1, 90)) : null;
        drawPlace();
    }

    /** Time passes, and machines are taken back or sold out. */
    private void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            if (death != null && !clock.instant().isBefore(death)) {
                throw new Died();
            }
            Duration left = Duration.between(clock.instant(), end);
            Duration step = left.compareTo(STEP) < 0 ? left : STEP;
            clock.advance(step);
            happen(step.toMillis() / (double) STEP.toMillis());
        }
    }

    private void happen(double minutes) {
        fail();
        if (random.nextDouble() < reclaimsAMinute * minutes) {
            reclaim();
        }
        if (random.nextDouble() < soldOutAMinute * minutes) {
            String machine = machines().get(random.nextInt(machines().size()));
            if (random.nextBoolean()) {
                sellOut(machine);
            } else {
                restock(machine);
            }
        }
    }

    /** Nobody looks any more. */
    private void letEnd() {
        Instant latest = clock.instant().plus(LONGEST_LIFE);
        while (isBilled()) {
            assertThat(clock.instant()).isBefore(latest);
            pass(STEP);
        }
        machines().forEach(this::restock);
    }

    private Bill bill(String run, LaunchTerms terms, boolean isWatched) {
        List<LaunchTerms> all = new ArrayList<>(terms.alternatives());
        all.add(terms);
        Money billed = Money.parse("0 USD");
        List<BilledTime> jobs = run.isEmpty() ? List.of() : billed(run);
        for (BilledTime job : jobs) {
            Money perHour = all.stream()
                    .filter(one -> one.name().equals(job.machine()))
                    .map(LaunchTerms::perHour)
                    .findFirst()
                    .orElseThrow();
            billed = billed.plus(Objects.requireNonNull(perHour).forHours(job.time()));
        }
        Money worst = all.stream()
                .map(one -> Objects.requireNonNull(one.worstCost()))
                .max(Comparator.comparing(Money::amount))
                .orElseThrow();
        int errors = jobs.stream().mapToInt(BilledTime::errors).sum();
        return new Bill(billed, worst, jobs.size(), reclaims, restarts(run), errors, isWatched);
    }

    private int restarts(String run) {
        return run.isEmpty()
                ? 0
                : (int) new RunStore(home)
                        .folder(new RunId(run))
                        .read()
                        .entries()
                        .filter(entry -> entry instanceof JournalEntry.Moved moved && moved.isRestart())
                        .count();
    }

    final Duration minutes(int least, int most) {
        return seconds(60 * least, 60 * most);
    }

    final Duration seconds(int least, int most) {
        return Duration.ofSeconds(least + random.nextInt(most - least));
    }

    @Override
    public abstract void close();
}
