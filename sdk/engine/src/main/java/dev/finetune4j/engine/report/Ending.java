package dev.finetune4j.engine.report;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunOutcome;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended that does not have all its results, and how to go on.
 *
 * @param code stable code of the problem that it failed with, or null where it was stopped
 * @param summary what went wrong, or who or what stopped it; one line, without a full stop
 * @param place where, in the user's own files, or null where no place is to blame
 * @param causes why, number against number; may be empty
 * @param remedies what to do about the problem, the best first; of a run that was stopped only where its time is used up, and
 *     it must begin anew
 * @param byBudget whether the budget stopped it
 * @param checkpointStep the last step that a checkpoint holds; 0 where there is none
 * @param resume the command that lets the run go on, or null where its place cannot resume it
 */
public record Ending(
        @Nullable String code,
        String summary,
        @Nullable String place,
        List<String> causes,
        List<String> remedies,
        boolean byBudget,
        int checkpointStep,
        @Nullable String resume) {
    /** How places summed it up before notices had a subject. */
    private static final Pattern UNCOMPARED = Pattern.compile("base and tuned model of \\S+ (?:are|were) not compared");

    /** Copies the lists. */
    public Ending {
        causes = List.copyOf(causes);
        remedies = List.copyOf(remedies);
    }

    /**
     * The ending of a run; empty where it succeeded.
     *
     * @param run the run
     * @param outcome how it ended
     * @param events what happened, in order
     * @param isResumable whether its place can let it go on
     * @param remedies what to do about it, the best first; may be empty
     */
    public static Optional<Ending> of(
            RunId run, RunOutcome outcome, List<RunEvent> events, boolean isResumable, List<String> remedies) {
        String resume = isResumable ? "finetune resume " + run : null;
        if (outcome instanceof RunOutcome.Failed failed) {
            Problem problem = failed.problem();
            return Optional.of(new Ending(
                    problem.code(),
                    problem.summary(),
                    problem.place().map(Object::toString).orElse(null),
                    problem.causes(),
                    remedies,
                    false,
                    checkpointStep(events),
                    resume));
        }
        if (outcome instanceof RunOutcome.Stopped stopped) {
            return Optional.of(new Ending(
                    null,
                    stopped.reason(),
                    null,
                    List.of(),
                    remedies,
                    stopped.byBudget(),
                    checkpointStep(events),
                    resume));
        }
        return Optional.empty();
    }

    /**
     * The ending of a run that succeeded at a place that only trains, and so has no comparison; empty where the place does not say how to
     * get one.
     *
     * @param events what happened, in order; the last notice on the comparison is meant
     */
    public static Optional<Ending> uncompared(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.Noticed.class::isInstance)
                .map(RunEvent.Noticed.class::cast)
                .filter(Ending::isOnComparison)
                .reduce((earlier, later) -> later)
                .map(notice -> uncompared(notice.problem()));
    }

    /** What happened in such a run as it is told once base and tuned model were compared after all: without such notices. */
    public static List<RunEvent> comparedLater(List<RunEvent> events) {
        return events.stream()
                .filter(event -> !(event instanceof RunEvent.Noticed notice && isOnComparison(notice)))
                .toList();
    }

    private static boolean isOnComparison(RunEvent.Noticed notice) {
        return notice.subject() == RunEvent.Noticed.Subject.COMPARISON
                || (notice.subject() == null
                        && UNCOMPARED.matcher(notice.problem().summary()).matches());
    }

    /** The same where the reason is known. */
    public static Ending uncompared(Problem problem) {
        return new Ending(
                problem.code(), problem.summary(), null, problem.causes(), problem.remedies(), false, 0, null);
    }

    /** The same with the job file and the run that it is told of in its remedies, as {@link Remedies} has it. */
    Ending named(@Nullable String jobFile, RunId run) {
        return new Ending(
                code,
                summary,
                place,
                causes,
                remedies.stream()
                        .map(remedy -> Remedies.named(remedy, jobFile, run))
                        .toList(),
                byBudget,
                checkpointStep,
                resume);
    }

    private static int checkpointStep(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent.CheckpointSaved.class::isInstance)
                .mapToInt(event -> ((RunEvent.CheckpointSaved) event).step())
                .reduce(0, (earlier, later) -> later);
    }
}
