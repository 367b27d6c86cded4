package dev.finetune4j.spi;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place that runs jobs. Every method may be called again at any time from another process; implementations keep no state
 * that the place itself does not keep. Safe for use by several threads.
 *
 * <p>Every failure is a {@link FineTuneException} whose problem says in {@code retry} whether the same call may succeed later.
 */
public interface Provider extends AutoCloseable {
    /** Characters that a run id leaves free of the 63 that every place takes. */
    int RESUME_SUFFIX_CHARACTERS = 6;

    /** The id that job files name. */
    ProviderId id();

    /** What this place can do. */
    Capabilities capabilities();

    /**
     * What is wrong with the settings that this provider was opened with, or missing of them, whatever the job: all of it at once, each
     * pointing at its setting with {@link dev.finetune4j.error.Location#ofKey}; warnings where a setting has no effect, or where whoever
     * launches a job with it is to know something. What a plan
     * chooses, such as the machine, may be missing. Empty where nothing is wrong, and at a place that takes no settings.
     *
     * <p>Asks nobody, so that all options of a plan can be tried; {@link #refusals} tells the same of a job's settings, and what else
     * speaks against the job.
     */
    List<Problem> settingProblems();

    /**
     * Why this place would refuse a job or fail it for certain, as far as that can be told without launching it: a model that it cannot
     * run, a method or setting that it does not have, rows that do not fit its memory. All reasons at once; warnings where it may only
     * come to that; empty where nothing speaks against it. A problem that a setting is to blame for points at it with {@link
     * dev.finetune4j.error.Location#ofKey}.
     *
     * <p>Launches and keeps nothing, and costs nothing. A place that cannot be reached throws rather than stay silent.
     */
    List<Problem> refusals(Proposal proposal);

    /**
     * What a job would take of this place's own machine, told from sizes alone. Empty where machines are bought for each job.
     *
     * @throws FineTuneException with why the place would refuse the job for certain
     */
    default Optional<Footprint> footprint(Proposal proposal) {
        return Optional.empty();
    }

    /**
     * What the place has against a job whatever its rows, and against where its files are to lie: it is told before anybody agrees to what the
     * job may cost, and before the model's files are fetched. May ask the place. Empty where all of it is told by {@link #settingProblems}.
     *
     * @param timeLimit how long it may run by what is to be agreed to, or null where nothing limits it
     * @throws FineTuneException if the place does not answer
     */
    default List<Problem> objections(FineTuneJob job, @Nullable Duration timeLimit) {
        return List.of();
    }

    /** Time that may be billed after a job's time limit, for saving and for taking results home; zero where nothing is billed. */
    default Duration windDown() {
        return Duration.ZERO;
    }

    /**
     * Time that is billed for each launch, at most, and that no snapshot tells: a run of several launches pays for it several times. It is part of
     * {@link #windDown}; zero, the default, where all that is billed is told.
     */
    default Duration untoldTime() {
        return Duration.ZERO;
    }

    /**
     * How long a job may be billed for at most though nobody watches it: to its time limit and {@link #windDown} beyond it, unless its settings
     * let the place bill for longer.
     */
    default Duration longestBilled(Duration timeLimit) {
        return timeLimit.plus(windDown());
    }

    /**
     * The disk that the settings give a machine of this place, whatever a job needs. Asks nobody. Empty where they leave its size to the place,
     * which gives each job as much as {@link Submission#diskBytes} says or a disk that is part of the machine, and where it cannot be read.
     */
    default Optional<DiskSize> disk(MachineOffer machine) {
        return Optional.empty();
    }

    /**
     * What makes the result of a job another one here than at places that run the job's own model with finetune4j's worker: what is
     * tuned instead, and by which settings of this place. A job that differs in it is another job. Empty where the result is the same.
     */
    default Map<String, String> variation() {
        return Map.of();
    }

    /** Name of the worker that must come with a job as channel {@link WorkOrder#WORKER_CHANNEL}; empty where the place has its own. */
    default Optional<String> worker() {
        return Optional.empty();
    }

    /**
     * What must be allowed so that jobs with these settings can run and be looked after, and no more. Asks nobody but where the place
     * alone knows what a job of the model is made of; empty where nothing has to be allowed, and at a place that bills where that is
     * not told.
     *
     * @param runs what the ids of the runs begin with
     * @param model the base model as the job names it, which is meant where the settings name none
     * @throws FineTuneException with all that is wrong with the settings, or missing, or because the place does not answer
     */
    default List<AccessPolicy> policies(String runs, ModelRef model) {
        return List.of();
    }

    /**
     * The writing calls that {@link #submit} would make for a job that is not there yet, in order, with exactly what they would send.
     * Makes none of them. Empty where nothing leaves this machine.
     */
    default List<PlannedCall> plannedCalls(Submission submission) {
        return List.of();
    }

    /**
     * Launches a job, at most once per name. Where a job of this name and digest exists already, in whatever state, that one is
     * returned and nothing is launched; but one that ended because its machine was not to be had is launched again, as {@link #resume}
     * does, where the settings name another machine. So is one whose last launch failed and is the one that {@link Submission#after} names:
     * from its checkpoints, where the place keeps any, else from the start. Once there is another launch, that is returned.
     *
     * @throws FineTuneException if the name exists with another digest, or the place refuses
     */
    JobSnapshot submit(Submission submission);

    /**
     * Whether a refusal or failure comes of the machine that was asked for alone. Where it does, nothing of the job runs, and {@link #submit}
     * may find another machine at this place; which machines are worth asking for next time depends on the verdict. {@link
     * MachineVerdict#UNRELATED} by default, at a place that lets no machines.
     */
    default MachineVerdict machineVerdict(Problem problem) {
        return MachineVerdict.UNRELATED;
    }

    /**
     * Whether the account's quota leaves a machine such as the settings name. May ask the place; changes nothing. Empty, the default, where that is
     * not told.
     *
     * @throws FineTuneException if the place does not answer
     */
    default Optional<Boolean> isMachineAllowed() {
        return Optional.empty();
    }

    /**
     * What the account's quota leaves of machines, by the ids of their offers, for a plan to show. Asks the place with the settings of a job that
     * may leave its machine open; a machine of which nothing is told is left out. Empty, the default, where nothing is told, or not quickly.
     *
     * @throws FineTuneException if the place does not answer
     */
    default Map<String, Diagnosis> quotas(List<MachineOffer> machines) {
        return Map.of();
    }

    /**
     * Launches a stopped or failed job again, from its last checkpoint. It keeps its id, its events go on where they ended. A
     * place that lets no name be used twice adds a suffix of at most {@value #RESUME_SUFFIX_CHARACTERS} characters to its own
     * name of the job and answers {@link #find} with the newest.
     *
     * @throws FineTuneException if there is no such job, it still runs, it succeeded, or the place cannot resume
     */
    JobSnapshot resume(RunId id);

    /**
     * What is known of a job. Empty only where the place answered that there is no such job; a place that cannot be reached
     * throws.
     */
    Optional<JobSnapshot> find(RunId id);

    /**
     * The events after {@code cursor}; {@link EventPage#START} for the first. A place that tells nothing while it trains answers
     * with empty pages until it has something to tell.
     *
     * @throws FineTuneException if there is no such job or the cursor is not one of this job
     */
    EventPage events(RunId id, String cursor);

    /**
     * What the job's processes printed after {@code cursor}, beside its events; {@link LogPage#START} for the first lines.
     *
     * @return empty where the place keeps no such lines
     * @throws FineTuneException if there is no such job or the cursor is not one of this job
     */
    default Optional<LogPage> logs(RunId id, String cursor) {
        return Optional.empty();
    }

    /**
     * Tells a job to stop; a job that has ended already is left alone. Returns before it has ended.
     *
     * @throws FineTuneException if there is no such job
     */
    void stop(RunId id);

    /**
     * Brings the output of a job that has ended to this machine; files that are there already are not fetched again. A place
     * that keeps the tuned model puts {@link WorkOrder#MODEL_REFERENCE_FILE} where the adapter would be.
     *
     * @return the folder with the output, which may be {@code into} or a folder that the place keeps on this machine
     */
    Path fetch(RunId id, Path into);

    /**
     * Opens a dialogue with the models of a run. The order has one step, {@link dev.finetune4j.run.WorkStep.Converse}; the job is gone
     * when the dialogue is closed.
     *
     * @return empty where the place keeps no process that waits for people
     * @throws FineTuneException if the name exists, or the place cannot begin
     */
    Optional<Dialogue> converse(Submission submission);

    /** Tuned models that the place holds ready on request; empty where it keeps none, or none that it would let answer. */
    default Optional<Hosting> hosting() {
        return Optional.empty();
    }

    /**
     * Removes inputs, outputs and checkpoints of a job that has ended, and its record where the place lets records be removed.
     * Without effect where there is no such job.
     *
     * @throws FineTuneException if the job still runs
     */
    void delete(RunId id);

    /**
     * The jobs of finetune4j that have not ended, whoever launched them and wherever their files are: those of this account and region that
     * carry the labels of a {@link Submission}. The first launched comes first; {@link #stop} ends one. Empty where nothing is billed for
     * time, and at a place that does not tell.
     */
    default List<UnfinishedJob> unfinished() {
        return List.of();
    }

    /**
     * All files of jobs that the place keeps where its settings say; nothing else that lies there.
     *
     * @return empty where the place does not tell
     */
    default Optional<List<Leftover>> leftovers() {
        return Optional.empty();
    }

    /** Removes files that {@link #leftovers} told; without effect where they are gone. */
    default void remove(Leftover leftover) {}

    @Override
    void close();
}
