package dev.finetune4j.engine.plan;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.List;

/** FT0760 to FT0771: plans. */
public final class PlanProblems implements ProblemCatalogue {
    static final ProblemKind NOTHING_FITS = new ProblemKind(
            "FT0760", "no option takes the job", ExitCode.CAPACITY, """
            Nothing that was looked at takes this job as it is: none has the memory, none has the model or learns the task, or nothing is sold
            as it was asked for; which of these it is, the message says. Where memory is short, the nearest three are listed, each with the
            least change that makes it fit: that was tried with the same estimator, not guessed. Whether a shorter row or a smaller adapter
            still does the task shows the comparison after training.""", "finetune plan JOB --spot allow");

    static final ProblemKind UNSUITED_MACHINE =
            new ProblemKind("FT0770", "the machine is not one to train on", ExitCode.INVALID, """
            A job that names its machine is planned on no other. There is no such machine at the place or in the region, as far as the tables
            of prices know, or it has no GPU: what a training takes on the processors of a cloud is not estimated, and launched is only what
            has an estimate. Spot is asked for in vain where no machine may be taken back: what keeps no checkpoints would lose all by that.""", "finetune offers");

    static final ProblemKind OVER_LIMIT = new ProblemKind(
            "FT0761", "no option keeps the limit", ExitCode.BUDGET_REFUSED, """
            Every option is likely to cost more than --max-cost or budget.max-cost, or to take longer than --deadline or budget.max-time.
            A launch keeps money for winding down, and for the longest that the job may take where its place keeps no checkpoint: that counts, too.
            So does how long a place lets a job run at most, which no limit of yours makes longer.
            The cheapest and the fastest are named, of two limits the cheapest that keeps the time and the fastest that keeps the cost; where
            time alone is short, the time of the fastest is proposed.
            Fewer epochs or rows cost proportionally less, start-up excepted.""", "finetune plan JOB --optimize cost");

    static final ProblemKind NO_PRICE =
            new ProblemKind("FT0762", "no option has a known price", ExitCode.CAPACITY, """
            There are options, but none whose price is known, and what has no price is never chosen. Today's prices come from the vendors'
            own price lists. Where machines were looked at that have not the memory, the nearest are listed with what makes the job fit.""", "finetune prices refresh");

    static final ProblemKind NO_SUCH_OPTION =
            new ProblemKind("FT0763", "the plan has no such option", ExitCode.USAGE, """
            An option is named by its number in the plan's table, by its id, or by the name of its machine, of its model or of its place; of
            several the best is meant. Options of all regions are there with --all.""", "finetune plan JOB --all");

    static final ProblemKind CHANGED = new ProblemKind(
            "FT0764", "the plan was changed", ExitCode.INVALID, """
            A saved plan has a digest over all that it says. The file was changed since it was saved, is damaged, or was saved by another
            version of finetune4j; or it holds nothing at all.""", "finetune plan JOB --save other.json");

    static final ProblemKind MOVED =
            new ProblemKind("FT0765", "what was planned has moved", ExitCode.PLAN_DIFFERS, """
            A saved plan is run only as it was made: the job, the rows and the price of the chosen option must be what they were. What has
            moved is listed, with by how much; a new plan says what it takes now.""", "finetune plan JOB");

    static final ProblemKind NOT_SAVED = new ProblemKind(
            "FT0766", "the plan cannot be saved", ExitCode.USAGE, """
            A plan is saved once and never changed, so that what was agreed on can be looked up. Save the new one under another name, or
            remove the old one.""", "finetune plan JOB --save other.json");

    static final ProblemKind NOT_REHEARSED =
            new ProblemKind("FT0767", "the job cannot be rehearsed here", ExitCode.CAPACITY, """
            A rehearsal does the first steps of a job on this machine, with the local runner, wherever the job itself is to run. This machine
            would refuse the job, so there is nothing to measure; the plan without a rehearsal is made from sizes alone.""", "finetune plan JOB");

    static final ProblemKind NOT_LEARNING = new ProblemKind(
            "FT0768",
            "the loss did not fall in the rehearsal",
            ExitCode.TRAINING_FAILED,
            """
            After the first steps of the job, the loss of the rows that the first step learned from was not lower than before it. A learning
            rate that is far too high does that, and labels that contradict each other. Where the learning rate was still rising from zero,
            or very few steps were done, it may fall later.""",
            "training.learning-rate: a tenth of the present value");

    static final ProblemKind NO_QUOTA = new ProblemKind(
            "FT0771", "the account's quota leaves no such machine", ExitCode.CAPACITY, """
            A plan asks a place that tells it quickly what the account may have at once. A machine that the quota does not leave comes after all
            that it does, and is not launched on before the quota is larger. Where nobody tells, as without credentials, nothing is said of it.""", "finetune plan JOB --all");

    /** Prices and budget cannot be held against each other. */
    static final ProblemKind OTHER_CURRENCY = new ProblemKind(
            "FT0769",
            "the limit is in another currency than the prices",
            ExitCode.INVALID,
            """
            Prices are told in US dollars, and no rate of exchange is known here that would hold on the day of the bill. A limit in another
            currency could not be kept.""",
            "budget.max-cost: 5 USD");

    /** For ServiceLoader. */
    public PlanProblems() {}

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                NOTHING_FITS,
                UNSUITED_MACHINE,
                OVER_LIMIT,
                NO_PRICE,
                NO_SUCH_OPTION,
                CHANGED,
                MOVED,
                NOT_SAVED,
                NOT_REHEARSED,
                NOT_LEARNING,
                OTHER_CURRENCY,
                NO_QUOTA);
    }
}
