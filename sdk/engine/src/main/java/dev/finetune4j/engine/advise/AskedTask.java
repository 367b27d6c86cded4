package dev.finetune4j.engine.advise;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Quantiles;
import dev.finetune4j.engine.launch.JobFigures;
import dev.finetune4j.engine.launch.PreparedJob;
import dev.finetune4j.engine.launch.RowFigures;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.value.Money;
import java.util.EnumMap;
import java.util.Map;

/**
 * What advice is asked on.
 *
 * @param situation what an approach depends on
 * @param wishes what a base model depends on
 */
public record AskedTask(Situation situation, ModelWishes wishes) {
    private static final String DOLLARS = "USD";

    /** What a job and its rows tell: how many different rows, how long, with closed labels or not, for which task and money. */
    public static AskedTask of(PreparedJob prepared) {
        DatasetProfile profile = prepared.check().profile();
        long rows = sum(profile.rowsByPart()) - profile.exactDuplicates();
        return of(prepared.file().job(), rows, profile.tokens());
    }

    /** The same of a job whose model is not on this machine: rows are counted that repeat others, too. */
    public static AskedTask of(JobFigures figures) {
        RowFigures rows = figures.rows();
        return of(figures.file().job(), sum(rows.rows()), rows.tokens());
    }

    private static long sum(Map<Part, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    private static AskedTask of(FineTuneJob job, long rows, Quantiles tokens) {
        TaskKind task = job.task().kind();
        Map<Criterion, Double> answers = new EnumMap<>(Criterion.class);
        answers.put(Criterion.ROWS, (double) Math.max(0, rows));
        if (task.hasLabels()) {
            answers.put(Criterion.FORM, Criterion.FORM.parse("fixed"));
        }
        Money budget = job.budget().maxCost();
        if (budget != null && budget.currency().getCurrencyCode().equals(DOLLARS)) {
            answers.put(Criterion.BUDGET, budget.amount().doubleValue());
        }
        int longest = asCut(tokens.max(), job);
        int nearlyAll = asCut(tokens.p99(), job);
        return new AskedTask(new Situation(answers), new ModelWishes(task, null, null, null, longest, nearlyAll));
    }

    /** What the job leaves of a row, whatever its model; without a limit of its own each model cuts at its context. */
    private static int asCut(long tokens, FineTuneJob job) {
        int limit = job.training().maxTokens();
        long left = limit > 0 ? Math.min(limit, tokens) : tokens;
        return (int) Math.max(1, Math.min(ModelWishes.MOST_TOKENS, left));
    }

    /** Nothing is known. */
    public static AskedTask unknown() {
        return new AskedTask(Situation.unknown(), ModelWishes.unknown());
    }

    /** This with what {@code other} knows besides or better. */
    public AskedTask and(AskedTask other) {
        return new AskedTask(situation.and(other.situation), wishes.and(other.wishes));
    }

    /** Whether nobody said anything. */
    public boolean isUnknown() {
        return equals(unknown());
    }
}
