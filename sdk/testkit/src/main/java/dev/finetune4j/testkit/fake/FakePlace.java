package dev.finetune4j.testkit.fake;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cloud behind {@link FakeProvider}: it keeps the jobs, so that several clients, and a client after a crash, see the same. A
 * test scripts the lives of jobs and the faults of calls, and counts launches. Safe for several threads.
 */
public final class FakePlace {
    /** What can be called, and so go wrong. */
    public enum Call {
        /** {@link FakeProvider#submit}. */
        SUBMIT,
        /** {@link FakeProvider#find}. */
        FIND,
        /** {@link FakeProvider#events}. */
        EVENTS,
        /** {@link FakeProvider#stop}. */
        STOP,
        /** {@link FakeProvider#fetch}. */
        FETCH,
        /** {@link FakeProvider#delete}. */
        DELETE,
        /** {@link dev.finetune4j.spi.Hosting#host}. */
        HOST,
        /** {@link dev.finetune4j.spi.Hosting#find}. */
        FIND_HOSTED
    }

    /** How a call goes wrong. */
    public enum Fault {
        /** The call never arrives. */
        UNREACHABLE,
        /** The place does it, but the answer is lost. */
        ANSWER_LOST,
        /** The place says that there is no such job although there is; for {@link Call#FIND}. */
        NOT_YET_LISTED,
        /** The place does not let the caller in, and trying again does not help. */
        REFUSED,
        /** The place does not let the caller in yet, and asks to come again in half a minute: the right to was granted a moment ago. */
        NOT_YET_LET_IN,
        /** The place asks to stay away for {@link #BUSY_FOR}, or for as long as {@link #askFor} says. */
        BUSY
    }

    /** What the place asks for by {@link Fault#BUSY} at first. */
    public static final Duration BUSY_FOR = Duration.ofSeconds(90);

    /** Tokens of the longest row that a place takes at first. */
    public static final long LONGEST_ROW = 32_768;

    /** A place that does all. */
    public static final Capabilities EVERYTHING = new Capabilities(true, true, true, true, true, Billing.NOTHING);

    /** A place that sells tokens and tells little: trains, does not run workers, tells no steps and no reasons, resumes nothing. */
    public static final Capabilities SILENT = new Capabilities(false, false, true, false, false, Billing.NOTHING);

    private static final int STARTING_SECONDS = 5;

    private final ProviderId id;
    private final Clock clock;
    private final Capabilities capabilities;
    private final Map<RunId, FakeJob> jobs = new LinkedHashMap<>();
    private final Map<RunId, Integer> launches = new LinkedHashMap<>();
    private final Map<Call, Queue<Fault>> faults = new EnumMap<>(Call.class);
    private final Queue<Life> lives = new ArrayDeque<>();
    private final Set<String> withheld = new HashSet<>();
    private final Set<String> unfit = new HashSet<>();
    private final Map<HostingOrder, HostedModel> hostings = new LinkedHashMap<>();
    private final Set<String> ended = new HashSet<>();
    private boolean tellsQuotas = true;
    private Life usualLife = Life.succeeds();
    private long longestRow = LONGEST_ROW;
    private Duration busyFor = BUSY_FOR;
    private Duration untold = Duration.ZERO;
    private Duration keepAlive = Duration.ZERO;
    private Duration longestBilled = Duration.ZERO;
    private @Nullable Footprint footprint;

    /** An empty place that job files name {@link FakeProvider#ID}. */
    public FakePlace(Clock clock, Capabilities capabilities) {
        this(FakeProvider.ID, clock, capabilities);
    }

    /** An empty place. */
    public FakePlace(ProviderId id, Clock clock, Capabilities capabilities) {
        this.id = id;
        this.clock = clock;
        this.capabilities = capabilities;
    }

    /** The life of every launch that {@link #script} says nothing of; {@link Life#succeeds()} at first. */
    public synchronized void usually(Life life) {
        usualLife = life;
    }

    /** From now on the place refuses jobs with a row of more tokens. */
    public synchronized void takeRowsUpTo(long tokens) {
        longestRow = tokens;
    }

    /** From now on the place bills for a job that nobody watches for so long, if that is longer than its time limit. */
    public synchronized void billFor(Duration longest) {
        longestBilled = longest;
    }

    /** From now on the place has a machine of its own, of which each job would take this. */
    public synchronized void own(Footprint ofEachJob) {
        footprint = ofEachJob;
    }

    /** The lives of the next launches and resumes, in order. */
    public synchronized void script(Life... next) {
        lives.addAll(List.of(next));
    }

    /** From now on the place asks to stay away for so long where it is busy. */
    public synchronized void askFor(Duration pause) {
        busyFor = pause;
    }

    /** From now on the account may have no machine of this type. */
    public synchronized void withhold(String machine) {
        withheld.add(machine);
    }

    /** From now on the account may have machines of this type again. */
    public synchronized void allow(String machine) {
        withheld.remove(machine);
    }

    /** From now on the place does not tell which machines the account may have. */
    public synchronized void hideQuotas() {
        tellsQuotas = false;
    }

    synchronized boolean tellsQuotas() {
        return tellsQuotas;
    }

    /** From now on no job may run on a machine of this type. */
    public synchronized void declareUnfit(String machine) {
        unfit.add(machine);
    }

    /** From now on the machine of a job that is launched is kept so long after it, and billed. */
    public synchronized void keepMachines(Duration time) {
        keepAlive = time;
    }

    /** From now on each launch may be billed for so long besides, which no snapshot tells. */
    public synchronized void billUntold(Duration time) {
        untold = time;
    }

    synchronized Duration untold() {
        return untold;
    }

    /** How long a job had each machine so far, by name. */
    public synchronized Map<String, Duration> billed(RunId id) {
        return Optional.ofNullable(jobs.get(id))
                .map(job -> job.billed(clock.instant()))
                .orElse(Map.of());
    }

    /** The machine that a job is on, or was last; empty where nobody named one. */
    public synchronized String machine(RunId id) {
        return Optional.ofNullable(jobs.get(id)).map(FakeJob::machine).orElse("");
    }

    /** What the disk of a job's machine was said to have to hold; empty where that was not said. */
    public synchronized Optional<Long> diskBytes(RunId id) {
        return Optional.ofNullable(jobs.get(id))
                .flatMap(job -> Optional.ofNullable(job.submission().diskBytes()));
    }

    /** The next calls of this kind go wrong like this, in order; later ones go well. */
    public synchronized void fail(Call call, Fault... next) {
        faults.computeIfAbsent(call, key -> new ArrayDeque<>()).addAll(List.of(next));
    }

    /** The job is gone without a trace, as after an account was cleaned. */
    public synchronized void forget(RunId id) {
        jobs.remove(id);
    }

    /** How often a job was launched under this name; resumes are not launches. */
    public synchronized int launches(RunId id) {
        return launches.getOrDefault(id, 0);
    }

    /** How often any job was launched. */
    public synchronized int launches() {
        return launches.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How often a model was hosted; what was ended counts. */
    public synchronized int hostings() {
        return hostings.size();
    }

    /** What is hosted now. It answers five seconds after it was asked for. */
    public synchronized List<HostedModel> hosted() {
        return hostings.values().stream()
                .filter(one -> !ended.contains(one.reference()))
                .map(one -> one.since().plusSeconds(STARTING_SECONDS).isAfter(clock.instant())
                        ? one
                        : new HostedModel(
                                one.run(),
                                one.way(),
                                one.units(),
                                one.reference(),
                                HostedModel.State.ACTIVE,
                                one.since(),
                                null,
                                null))
                .toList();
    }

    /** What hosts a model is gone, whoever ended it. */
    public synchronized void endHosting(String reference) {
        ended.add(reference);
    }

    synchronized HostedModel host(HostingOrder order, HostingWay way) {
        return hostings.computeIfAbsent(
                order,
                made -> new HostedModel(
                        order.run(),
                        way,
                        order.units(),
                        "fake:hosted/" + (hostings.size() + 1),
                        HostedModel.State.CREATING,
                        clock.instant(),
                        null,
                        null));
    }

    /** Ids of all jobs that the place knows, in the order of their launch. */
    public synchronized List<RunId> ids() {
        return List.copyOf(jobs.keySet());
    }

    /** How many attempts a job had: 1, and 1 for each resume. */
    public synchronized int attempts(RunId id) {
        return Optional.ofNullable(jobs.get(id)).map(FakeJob::attempts).orElse(0);
    }

    ProviderId id() {
        return id;
    }

    Clock clock() {
        return clock;
    }

    Capabilities capabilities() {
        return capabilities;
    }

    synchronized long longestRow() {
        return longestRow;
    }

    synchronized Duration longestBilled(Duration timeLimit) {
        return timeLimit.compareTo(longestBilled) > 0 ? timeLimit : longestBilled;
    }

    synchronized Optional<Footprint> footprint() {
        return Optional.ofNullable(footprint);
    }

    synchronized Optional<FakeJob> job(RunId id) {
        return Optional.ofNullable(jobs.get(id));
    }

    synchronized FakeJob launch(Submission submission, String machine) {
        launches.merge(submission.id(), 1, Integer::sum);
        FakeJob job = new FakeJob(submission, capabilities, clock.instant(), nextLife(), machine, keepAlive);
        jobs.put(submission.id(), job);
        return job;
    }

    synchronized void move(FakeJob job, String machine, @Nullable Duration limit) {
        job.move(clock.instant(), nextLife(), machine, limit);
    }

    /** All of them in one region. */
    synchronized List<UnfinishedJob> unfinished() {
        return jobs.values().stream()
                .map(job -> job.snapshot(clock.instant()))
                .filter(job -> !job.state().isTerminal())
                .map(job -> new UnfinishedJob(
                        job.id(), job.reference(), "eu-central-1", machine(job.id()), false, job.submittedAt()))
                .toList();
    }

    synchronized boolean isWithheld(String machine) {
        return withheld.contains(machine);
    }

    synchronized boolean isUnfit(String machine) {
        return unfit.contains(machine);
    }

    synchronized void resume(FakeJob job) {
        job.resume(clock.instant(), nextLife());
    }

    synchronized void stop(FakeJob job) {
        job.stop(clock.instant());
    }

    synchronized List<RunEvent> events(FakeJob job) {
        return job.events(clock.instant());
    }

    synchronized RunState state(FakeJob job) {
        return job.state(clock.instant());
    }

    synchronized Optional<Fault> nextFault(Call call) {
        Queue<Fault> queue = faults.get(call);
        return queue == null ? Optional.empty() : Optional.ofNullable(queue.poll());
    }

    RuntimeException unreachable(Call call) {
        return FakeProblems.UNREACHABLE
                .error("the fake place did not answer " + call)
                .retry(Retry.after(Duration.ofSeconds(1)))
                .asException();
    }

    RuntimeException refused(Call call) {
        return refusal(call).asException();
    }

    RuntimeException notYetLetIn(Call call) {
        return refusal(call).retry(Retry.after(Duration.ofSeconds(30))).asException();
    }

    synchronized RuntimeException busy(Call call) {
        return FakeProblems.UNREACHABLE
                .error("the fake place asks to stay away with " + call + " for " + busyFor.toSeconds() + " s")
                .retry(Retry.asked(busyFor))
                .asException();
    }

    private static Problem.Builder refusal(Call call) {
        return FakeProblems.REFUSED.error("the fake place does not let the caller in to " + call);
    }

    private Life nextLife() {
        Life next = lives.poll();
        return next == null ? usualLife : next;
    }
}
