package dev.finetune4j.testkit.fake;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.DiskSize;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.testkit.fake.FakePlace.Call;
import dev.finetune4j.testkit.fake.FakePlace.Fault;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A client of a {@link FakePlace}; open as many as the test has processes. Its output is made by {@link FakeWorker}. */
public final class FakeProvider implements Provider {
    /** The id that job files of tests name where there is one place. */
    public static final ProviderId ID = new ProviderId("fake");

    /** The setting that says how large the disk of a machine is to be, in GB. */
    public static final String DISK = "disk-gb";

    /** Most events of one page, small so that paging is tried. */
    private static final int PAGE = 4;

    private final FakePlace place;
    private final String machine;
    private final @Nullable String disk;

    /** A client of this place that asks for no machine by name. */
    public FakeProvider(FakePlace place) {
        this(place, Map.of());
    }

    /** A client of this place for a job with settings. */
    FakeProvider(FakePlace place, Map<String, String> settings) {
        this.place = place;
        machine = settings.getOrDefault(PlaceSettings.MACHINE, "");
        disk = settings.get(DISK);
    }

    @Override
    public ProviderId id() {
        return place.id();
    }

    @Override
    public Duration untoldTime() {
        return place.untold();
    }

    @Override
    public Capabilities capabilities() {
        return place.capabilities();
    }

    @Override
    public Duration longestBilled(Duration timeLimit) {
        return place.longestBilled(timeLimit);
    }

    @Override
    public Optional<DiskSize> disk(MachineOffer offer) {
        return Optional.ofNullable(disk).map(size -> new DiskSize(DISK, Integer.parseInt(size)));
    }

    /** Takes any setting. */
    @Override
    public List<Problem> settingProblems() {
        return List.of();
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        long longest = proposal.rows().longest();
        if (longest <= place.longestRow()) {
            return List.of();
        }
        return List.of(FakeProblems.ROW_TOO_LONG
                .error("the fake place takes no row of " + longest + " tokens")
                .at(Location.ofKey("training.max-tokens"))
                .because("it takes " + place.longestRow() + " at most")
                .remedy("training.max-tokens: " + place.longestRow())
                .build());
    }

    @Override
    public Optional<Footprint> footprint(Proposal proposal) {
        return place.footprint();
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        Optional<Fault> fault = reach(Call.SUBMIT);
        JobSnapshot snapshot;
        synchronized (place) {
            FakeJob job = place.job(submission.id()).orElse(null);
            if (job == null) {
                refuseUnsupported(submission);
                refuseWithheld();
                job = place.launch(submission, machine);
            } else if (!job.submission()
                    .order()
                    .digest()
                    .equals(submission.order().digest())) {
                throw FakeProblems.OTHER_DIGEST
                        .error(submission.id() + " exists with another digest")
                        .asException();
            } else if (isToFollow(job, submission)) {
                refuseWithheld();
                place.move(job, machine, submission.timeLimit());
            }
            snapshot = job.snapshot(place.clock().instant());
        }
        loseAnswer(fault, Call.SUBMIT);
        return snapshot;
    }

    private boolean isToFollow(FakeJob job, Submission submission) {
        Instant now = place.clock().instant();
        return job.hasFailedAs(submission.after(), now)
                || (job.lacksMachine(now) && !job.machine().equals(machine));
    }

    @Override
    public JobSnapshot resume(RunId id) {
        if (!capabilities().supportsResume()) {
            throw notSupported("resume " + id);
        }
        synchronized (place) {
            FakeJob job = existing(id);
            RunState state = place.state(job);
            if (state != RunState.STOPPED && state != RunState.FAILED) {
                throw wrongState("resume", id, state);
            }
            place.resume(job);
            return job.snapshot(place.clock().instant());
        }
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        Optional<Fault> fault = reach(Call.FIND);
        if (fault.filter(Fault.NOT_YET_LISTED::equals).isPresent()) {
            return Optional.empty();
        }
        synchronized (place) {
            return place.job(id).map(job -> job.snapshot(place.clock().instant()));
        }
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        reach(Call.EVENTS);
        List<RunEvent> all = place.events(existing(id));
        int from = position(id, cursor, all.size());
        int to = Math.min(all.size(), from + PAGE);
        return new EventPage(all.subList(from, to), "event-" + to);
    }

    /** A line for each attempt. */
    @Override
    public Optional<LogPage> logs(RunId id, String cursor) {
        existing(id);
        int attempts = place.attempts(id);
        String ours = id() + "-line-";
        if (!cursor.equals(LogPage.START) && !cursor.startsWith(ours)) {
            throw foreignCursor(id, cursor);
        }
        int told = cursor.equals(LogPage.START) ? 0 : Integer.parseInt(cursor.substring(ours.length()));
        List<String> lines = IntStream.rangeClosed(told + 1, attempts)
                .mapToObj(attempt -> "attempt " + attempt + " at " + id())
                .toList();
        return Optional.of(new LogPage(lines, ours + attempts));
    }

    @Override
    public void stop(RunId id) {
        if (!capabilities().supportsStop()) {
            throw notSupported("stop " + id);
        }
        reach(Call.STOP);
        place.stop(existing(id));
    }

    @Override
    public Path fetch(RunId id, Path into) {
        Optional<Fault> fault = reach(Call.FETCH);
        FakeJob job = existing(id);
        RunState state = place.state(job);
        if (!state.isTerminal()) {
            throw wrongState("fetch", id, state);
        }
        new FakeWorker(
                        job.submission(),
                        state == RunState.SUCCEEDED,
                        capabilities().givesModel())
                .write(into);
        loseAnswer(fault, Call.FETCH);
        return into;
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        reach(Call.SUBMIT);
        return capabilities().supportsCustomWork() ? Optional.of(new FakeDialogue()) : Optional.empty();
    }

    @Override
    public Optional<Hosting> hosting() {
        return Optional.of(new FakeHosting(place));
    }

    @Override
    public void delete(RunId id) {
        reach(Call.DELETE);
        synchronized (place) {
            FakeJob job = place.job(id).orElse(null);
            if (job == null) {
                return;
            }
            RunState state = place.state(job);
            if (!state.isTerminal()) {
                throw wrongState("delete", id, state);
            }
            place.forget(id);
        }
    }

    /** It keeps no files that anybody could remove. */
    @Override
    public Optional<List<Leftover>> leftovers() {
        return Optional.of(List.of());
    }

    @Override
    public List<UnfinishedJob> unfinished() {
        return place.unfinished();
    }

    @Override
    public void close() {}

    @Override
    public MachineVerdict machineVerdict(Problem problem) {
        if (problem.kind().equals(FakeProblems.NO_MACHINE)) {
            return MachineVerdict.NOT_FREE;
        }
        if (problem.kind().equals(FakeProblems.QUOTA)) {
            return MachineVerdict.NOT_ALLOWED;
        }
        return problem.kind().equals(FakeProblems.UNFIT_MACHINE) ? MachineVerdict.NOT_SUITED : MachineVerdict.UNRELATED;
    }

    @Override
    public Optional<Boolean> isMachineAllowed() {
        return place.tellsQuotas() ? Optional.of(!place.isWithheld(machine)) : Optional.empty();
    }

    private void refuseWithheld() {
        if (place.isUnfit(machine)) {
            throw FakeProblems.UNFIT_MACHINE
                    .error("the fake place runs no such job on " + machine)
                    .asException();
        }
        if (place.isWithheld(machine)) {
            throw FakeProblems.QUOTA.error("the account may have no " + machine).asException();
        }
    }

    private void refuseUnsupported(Submission submission) {
        boolean trainsOnly = submission.order().steps().stream().allMatch(WorkStep.Train.class::isInstance);
        if (!capabilities().supportsCustomWork() && !trainsOnly) {
            throw notSupported("do other work than training");
        }
        if (!capabilities().supportsTimeLimit() && submission.timeLimit() != null) {
            throw notSupported("keep a time limit of " + submission.timeLimit());
        }
    }

    private Optional<Fault> reach(Call call) {
        Optional<Fault> fault = place.nextFault(call);
        if (fault.filter(Fault.UNREACHABLE::equals).isPresent()) {
            throw place.unreachable(call);
        }
        if (fault.filter(Fault.REFUSED::equals).isPresent()) {
            throw place.refused(call);
        }
        if (fault.filter(Fault.NOT_YET_LET_IN::equals).isPresent()) {
            throw place.notYetLetIn(call);
        }
        if (fault.filter(Fault.BUSY::equals).isPresent()) {
            throw place.busy(call);
        }
        return fault;
    }

    private void loseAnswer(Optional<Fault> fault, Call call) {
        if (fault.filter(Fault.ANSWER_LOST::equals).isPresent()) {
            throw place.unreachable(call);
        }
    }

    private FakeJob existing(RunId id) {
        return place.job(id)
                .orElseThrow(() -> FakeProblems.NO_SUCH_JOB
                        .error("the fake place has no job " + id)
                        .asException());
    }

    private static int position(RunId id, String cursor, int size) {
        if (cursor.equals(EventPage.START)) {
            return 0;
        }
        if (cursor.matches("event-\\d{1,9}")) {
            int position = Integer.parseInt(cursor.substring("event-".length()));
            if (position <= size) {
                return position;
            }
        }
        throw foreignCursor(id, cursor);
    }

    private static FineTuneException foreignCursor(RunId id, String cursor) {
        return FakeProblems.WRONG_STATE
                .error("cursor " + cursor + " is none of " + id)
                .asException();
    }

    private static FineTuneException notSupported(String what) {
        return FakeProblems.NOT_SUPPORTED.error("the fake place cannot " + what).asException();
    }

    private static FineTuneException wrongState(String what, RunId id, RunState state) {
        return FakeProblems.WRONG_STATE
                .error("cannot " + what + " " + id + " in state " + state)
                .asException();
    }
}
