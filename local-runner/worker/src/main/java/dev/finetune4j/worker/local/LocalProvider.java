package dev.finetune4j.worker.local;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.Billing;
import dev.finetune4j.spi.Capabilities;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.JobRefusals;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.training.durable.DurableFiles;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.folder.LogReader;
import dev.finetune4j.worker.folder.WorkerLock;
import dev.finetune4j.worker.machine.Machine;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * This machine. Each job has a folder {@code jobs/<id>} in finetune4j's home, in which a worker process of its own works; everything that is said of
 * a job is read from there, so that any process may ask.
 */
final class LocalProvider implements Provider {
    private final ProviderContext context;
    private final WorkerLauncher launcher;
    private final Machine machine = new Machine(Path.of("/"));

    LocalProvider(ProviderContext context, WorkerLauncher launcher) {
        this.context = context;
        this.launcher = launcher;
    }

    @Override
    public ProviderId id() {
        return ProviderId.LOCAL;
    }

    /** Everything but a bill. */
    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, true, true, true, Billing.NOTHING);
    }

    /** This machine needs to be told nothing. */
    @Override
    public List<Problem> settingProblems() {
        return List.of();
    }

    @Override
    public List<Problem> refusals(Proposal proposal) {
        return new LocalRefusals(proposal, machine).all();
    }

    /** {@inheritDoc} A job that would be refused for certain throws, with why. */
    @Override
    public Optional<Footprint> footprint(Proposal proposal) {
        return Optional.of(new LocalRefusals(proposal, machine).footprint());
    }

    @Override
    public JobSnapshot submit(Submission submission) {
        JobFolder folder = folder(submission.id());
        try {
            Optional<JobTicket> there = JobTicket.read(folder);
            if (there.isEmpty() && layOut(folder, submission)) {
                launch(folder, ticketOf(folder));
            }
        } catch (IOException e) {
            throw launchFailed(submission.id(), folder, e);
        }
        JobTicket ticket = ticketOf(folder);
        if (!ticket.order().digest().equals(submission.order().digest())) {
            throw WorkerProblems.NAME_TAKEN
                    .error("the name " + submission.id() + " belongs to another job")
                    .at(Location.of(folder.root().toString()))
                    .because("its digest is " + ticket.order().digest() + ", the new one is "
                            + submission.order().digest())
                    .asException();
        }
        return snapshot(folder, ticket);
    }

    @Override
    public JobSnapshot resume(RunId id) {
        JobFolder folder = existing(id);
        JobTicket ticket = ticketOf(folder);
        RunState state = snapshot(folder, ticket).state();
        if (state != RunState.STOPPED && state != RunState.FAILED) {
            throw wrongState(id, state, state.isTerminal() ? "it has nothing left to do" : "it still runs");
        }
        try {
            launch(folder, ticket);
        } catch (IOException e) {
            throw launchFailed(id, folder, e);
        }
        return snapshot(folder, ticket);
    }

    @Override
    public Optional<JobSnapshot> find(RunId id) {
        JobFolder folder = folder(id);
        return JobTicket.read(folder).map(ticket -> snapshot(folder, ticket));
    }

    @Override
    public EventPage events(RunId id, String cursor) {
        return new EventReader(existing(id)).after(cursor);
    }

    @Override
    public Optional<LogPage> logs(RunId id, String cursor) {
        return Optional.of(new LogReader(existing(id)).after(cursor));
    }

    @Override
    public void stop(RunId id) {
        JobFolder folder = existing(id);
        JobTicket ticket = ticketOf(folder);
        if (snapshot(folder, ticket).state().isTerminal()) {
            return;
        }
        try {
            if (!Files.exists(folder.stopRequest())) {
                Files.writeString(
                        folder.stopRequest(), context.clock().instant().toString());
            }
        } catch (IOException e) {
            throw WorkerProblems.LAUNCH_FAILED
                    .error("the stop request for " + id + " could not be written")
                    .at(Location.of(folder.stopRequest().toString()))
                    .because(String.valueOf(e.getMessage()))
                    .asException(e);
        }
        WorkerLock.holder(folder).ifPresent(LocalJob::terminate);
    }

    /** The output lies on this machine already and is not copied. */
    @Override
    public Path fetch(RunId id, Path into) {
        JobFolder folder = existing(id);
        RunState state = snapshot(folder, ticketOf(folder)).state();
        if (!state.isTerminal()) {
            throw wrongState(id, state, "its output is not complete");
        }
        return folder.output();
    }

    @Override
    public Optional<Dialogue> converse(Submission submission) {
        JobFolder folder = folder(submission.id());
        try {
            if (!layOut(folder, submission)) {
                throw WorkerProblems.NAME_TAKEN
                        .error("the name " + submission.id() + " belongs to another job")
                        .at(Location.of(folder.root().toString()))
                        .asException();
            }
            Launch launch = Launch.claim(folder, context.clock().instant()).orElseThrow();
            Files.createFile(folder.log());
            Process shell = launcher.startDialogue(folder, ticketOf(folder));
            launch.started(folder, shell.pid());
            return Optional.of(new LocalDialogue(this, submission.id(), shell));
        } catch (IOException e) {
            throw launchFailed(submission.id(), folder, e);
        }
    }

    @Override
    public void delete(RunId id) {
        JobFolder folder = folder(id);
        Optional<JobTicket> ticket = JobTicket.read(folder);
        if (ticket.isEmpty()) {
            return;
        }
        RunState state = snapshot(folder, ticket.get()).state();
        if (!state.isTerminal()) {
            throw wrongState(id, state, "it still runs");
        }
        try {
            // Without its ticket the folder is no job, so a deletion that is cut short leaves none behind.
            Files.delete(folder.ticket());
            DurableFiles.deleteTree(folder.root());
        } catch (IOException e) {
            throw WorkerProblems.LAUNCH_FAILED
                    .error("the folder of " + id + " could not be removed")
                    .at(Location.of(folder.root().toString()))
                    .because(String.valueOf(e.getMessage()))
                    .asException(e);
        }
    }

    @Override
    public void close() {
        // Holds nothing open: all state lies in the folders.
    }

    /** Makes the folder under another name and renames it, which one of several callers wins; whether this one did. */
    private boolean layOut(JobFolder folder, Submission submission) throws IOException {
        Path jobs = folder.root().resolveSibling(".");
        Files.createDirectories(jobs);
        Path partial = Files.createTempDirectory(jobs.normalize(), "." + submission.id() + "-");
        Map<String, String> channels = new LinkedHashMap<>();
        submission
                .channels()
                .forEach(
                        (name, path) -> channels.put(name, path.toAbsolutePath().toString()));
        new JobTicket(
                        submission.id(),
                        submission.model(),
                        submission.order(),
                        channels,
                        submission.labels(),
                        submission.timeLimit(),
                        context.clock().instant())
                .write(new JobFolder(partial));
        try {
            Files.move(partial, folder.root());
            DurableFiles.forceFolder(jobs);
            return true;
        } catch (IOException e) {
            DurableFiles.deleteTree(partial);
            if (JobTicket.read(folder).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    private void launch(JobFolder folder, JobTicket ticket) throws IOException {
        Optional<Launch> launch = Launch.claim(folder, context.clock().instant());
        if (launch.isEmpty()) {
            return;
        }
        Files.deleteIfExists(folder.status());
        Files.deleteIfExists(folder.exitStatus());
        Files.deleteIfExists(folder.stopRequest());
        Files.deleteIfExists(folder.crashReport());
        Files.writeString(folder.log(), "", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        launch.get().started(folder, launcher.start(folder, ticket));
    }

    private JobSnapshot snapshot(JobFolder folder, JobTicket ticket) {
        return new LocalJob(folder, ticket, machine, context.clock()).snapshot();
    }

    private JobFolder folder(RunId id) {
        return new JobFolder(context.home().resolve("jobs").resolve(id.value()).toAbsolutePath());
    }

    private JobFolder existing(RunId id) {
        JobFolder folder = folder(id);
        if (JobTicket.read(folder).isEmpty()) {
            throw WorkerProblems.NO_SUCH_JOB
                    .error("there is no job " + id + " on this machine")
                    .at(Location.of(folder.root().toString()))
                    .asException();
        }
        return folder;
    }

    private static JobTicket ticketOf(JobFolder folder) {
        return JobTicket.read(folder).orElseThrow(() -> new IllegalStateException(folder + " lost its ticket"));
    }

    private static FineTuneException wrongState(RunId id, RunState state, String why) {
        return JobRefusals.wrongState(WorkerProblems.WRONG_STATE, id, state, why);
    }

    private static FineTuneException launchFailed(RunId id, JobFolder folder, IOException cause) {
        Problem problem = WorkerProblems.LAUNCH_FAILED
                .error("the worker of " + id + " could not be started")
                .at(Location.of(folder.root().toString()))
                .because(String.valueOf(cause.getMessage()))
                .build();
        return problem.asException(cause);
    }
}
