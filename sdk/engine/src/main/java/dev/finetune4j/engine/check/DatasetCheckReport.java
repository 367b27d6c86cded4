package dev.finetune4j.engine.check;

import dev.finetune4j.data.DatasetProfile;
import dev.finetune4j.error.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the check found. Holds no secret and no personal value: such findings are told by row and span, and rows that have
 * one are never rendered.
 *
 * @param problems problems in reading order; of one kind only the first are listed, {@link #findings} has the true counts
 * @param profile what the rows look like
 * @param findings how often each kind of finding occurred, by code and subject
 * @param balance how even the labels are, or null where the task has none
 * @param tokens what the length limit does to the rows
 * @param pairs rows that repeat, contradict or leak into each other, the first of each relation
 * @param renderedRows a few training rows as the model sees them, trained tokens marked
 */
public record DatasetCheckReport(
        List<Problem> problems,
        DatasetProfile profile,
        List<FindingCount> findings,
        @Nullable LabelBalance balance,
        TokenFigures tokens,
        List<RowPair> pairs,
        List<RenderedRow> renderedRows) {
    /** Copies the lists. */
    public DatasetCheckReport {
        problems = List.copyOf(problems);
        findings = List.copyOf(findings);
        pairs = List.copyOf(pairs);
        renderedRows = List.copyOf(renderedRows);
    }

    /** The same figures with other problems. */
    public DatasetCheckReport withProblems(List<Problem> others) {
        return new DatasetCheckReport(others, profile, findings, balance, tokens, pairs, renderedRows);
    }

    /** The same findings for rows of another profile. */
    public DatasetCheckReport withProfile(DatasetProfile other) {
        return new DatasetCheckReport(problems, other, findings, balance, tokens, pairs, renderedRows);
    }

    /** Tokens of the mean row of any part, after truncation; every row that is cut was tokenized, so that what is cut is known. */
    public double meanTokensAsCut() {
        long rows = profile.rowsByPart().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return Math.max(0, profile.tokens().mean() - tokens.cutTokens() / (double) Math.max(1, rows));
    }

    /** Whether any problem stops the job. */
    public boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
    }
}
