package dev.finetune4j.worker.folder;

import dev.finetune4j.error.Problem;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.training.problem.LoopProblems;
import java.util.List;

/** What people type for another try at a job, once what was in its way is gone. */
public final class AnotherTry {
    private AnotherTry() {}

    /** A training goes on from its checkpoint; a rehearsal belongs to no run; anything else is asked for once more. */
    public static String command(JobTicket ticket) {
        List<WorkStep> steps = ticket.order().steps();
        if (steps.stream().anyMatch(WorkStep.Rehearse.class::isInstance)) {
            return "finetune plan JOB --rehearse";
        }
        return steps.stream().anyMatch(WorkStep.Train.class::isInstance)
                ? "finetune resume " + ticket.id()
                : "the same command again";
    }

    /** The problem, with that command where it is of the disk or its files; any other as it is. */
    public static Problem named(Problem problem, JobTicket ticket) {
        if (problem.kind().equals(LoopProblems.DISK_FULL)) {
            return problem.withRemedies(List.of(command(ticket) + "    # once there is room"));
        }
        if (problem.kind().equals(LoopProblems.FILE_TOO_LARGE)) {
            return problem.withRemedies(List.of("ulimit -f unlimited    # then " + command(ticket)));
        }
        return problem.kind().equals(LoopProblems.OUTPUT_UNWRITABLE)
                ? problem.withRemedies(List.of(command(ticket) + "    # once it can be written there"))
                : problem;
    }
}
