package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.TaskSpec;
import java.util.List;
import java.util.Locale;

/** Reports what is wrong with the rows taken together. */
final class SetFindings {
    /** Share of one label from which a set counts as unbalanced: always answering it is right nine times of ten. */
    private static final double UNBALANCED_SHARE = 0.9;

    /** Share of fragments from which a vocabulary hardly covers a text; emoji in ordinary text stay far below. */
    private static final double UNFAMILIAR_SHARE = 0.2;

    private static final int LISTED_PAIRS = 5;

    private final TaskSpec task;
    private final CheckSpec limits;
    private final FindingLog log;

    SetFindings(TaskSpec task, CheckSpec limits, FindingLog log) {
        this.task = task;
        this.limits = limits;
        this.log = log;
    }

    void add(TextFindings texts, RepeatedRows repeated, TokenTotals totals) {
        addMissingParts(texts.table());
        addBrokenRows(texts);
        if (task.kind().hasLabels()) {
            addLabels(texts.labels());
        }
        addDuplicates(texts.table(), repeated);
        addConflicts(texts.table(), repeated);
        addOverlap(texts.table(), repeated, Part.TEST, limits.maxOverlap());
        addOverlap(texts.table(), repeated, Part.VALIDATION, 1);
        addTokens(texts.table(), totals);
    }

    private void addMissingParts(RowTable table) {
        if (table.size(Part.TRAIN) == 0) {
            log.add(
                    CheckProblems.NO_TRAINING_ROWS.code(),
                    () -> CheckProblems.NO_TRAINING_ROWS
                            .error("there are no training rows")
                            .because(Counted.of(table.size(), "row") + " in all, none of them for training")
                            .build());
        }
        if (table.size(Part.TEST) == 0) {
            log.add(
                    CheckProblems.NO_TEST_ROWS.code(),
                    () -> CheckProblems.NO_TEST_ROWS
                            .warning("there are no test rows to compare base and tuned model on")
                            .because(Counted.of(table.size(), "row") + " in all, none of them for the test")
                            .build());
        }
    }

    /** Broken rows are errors only beyond the share that the job tolerates. */
    private void addBrokenRows(TextFindings texts) {
        if (texts.brokenRows() <= limits.maxInvalid() * texts.table().size()) {
            List.of(CheckProblems.EMPTY_PROMPT, CheckProblems.EMPTY_ANSWER, CheckProblems.UNKNOWN_LABEL)
                    .forEach(kind -> log.setSeverity(kind, Severity.WARNING));
        }
    }

    private void addLabels(LabelCounts labels) {
        labels.byFrequency().forEach((label, rows) -> {
            if (rows < limits.minRowsPerLabel()) {
                log.add(
                        CheckProblems.RARE_LABEL.code(),
                        () -> CheckProblems.RARE_LABEL
                                .error("label \"" + label + "\" has " + Counted.of(rows, "training row"))
                                .because("check.min-rows-per-label asks for " + limits.minRowsPerLabel())
                                .build());
            }
        });
        LabelBalance balance = labels.balance();
        if (balance != null && balance.largestShare() > UNBALANCED_SHARE) {
            log.add(
                    CheckProblems.UNBALANCED_LABELS.code(),
                    () -> CheckProblems.UNBALANCED_LABELS
                            .warning(Counted.percent(balance.largestShare()) + " of the training rows are \""
                                    + balance.largest() + "\"")
                            .because("whoever always answers \"" + balance.largest() + "\" is right that often")
                            .build());
        }
    }

    private void addDuplicates(RowTable table, RepeatedRows repeated) {
        long exact = repeated.count(Relation.EXACT_DUPLICATE);
        long near = repeated.count(Relation.NEAR_DUPLICATE);
        if (exact + near == 0) {
            return;
        }
        boolean isError = exact + near > limits.maxDuplicates() * table.size();
        Problem.Builder problem = start(
                        CheckProblems.DUPLICATES,
                        isError,
                        Counted.share(exact + near, table.size(), "row") + " repeat an earlier row")
                .because(String.format(
                        Locale.ROOT,
                        "%,d word for word, %,d nearly; check.max-duplicates allows %s",
                        exact,
                        near,
                        Counted.percent(limits.maxDuplicates())));
        List<RowPair> exactPairs = repeated.pairs(Relation.EXACT_DUPLICATE, LISTED_PAIRS);
        List<RowPair> nearPairs = repeated.pairs(Relation.NEAR_DUPLICATE, LISTED_PAIRS);
        addPairs(problem, exactPairs, exact, "equals");
        addPairs(problem, nearPairs, near, "nearly equals");
        problem.at(firstRow(exactPairs.isEmpty() ? nearPairs : exactPairs));
        log.add(CheckProblems.DUPLICATES.code(), "", exact + near, problem::build);
    }

    private void addConflicts(RowTable table, RepeatedRows repeated) {
        long conflicts = repeated.count(Relation.CONFLICT);
        if (conflicts > 0) {
            Problem.Builder problem =
                    CheckProblems.CONFLICTING_LABELS.warning(Counted.share(conflicts, table.size(), "row")
                            + " have the text of an earlier row, but another label");
            List<RowPair> pairs = repeated.pairs(Relation.CONFLICT, LISTED_PAIRS);
            addPairs(problem.at(firstRow(pairs)), pairs, conflicts, "contradicts");
            log.add(CheckProblems.CONFLICTING_LABELS.code(), "", conflicts, problem::build);
        }
    }

    private void addOverlap(RowTable table, RepeatedRows repeated, Part part, double limit) {
        long leaked = repeated.count(Relation.OVERLAP, part);
        if (leaked == 0) {
            return;
        }
        String name = part == Part.TEST ? "test row" : "validation row";
        boolean isError = leaked > limit * table.size(part);
        Problem.Builder problem = start(
                CheckProblems.OVERLAP,
                isError,
                Counted.share(leaked, table.size(part), name) + " have a text that training rows have, or nearly");
        if (part == Part.TEST) {
            problem.because("check.max-overlap allows " + Counted.percent(limit));
        }
        List<RowPair> pairs = repeated.pairs(Relation.OVERLAP, Integer.MAX_VALUE).stream()
                .filter(pair -> pair.part() == part)
                .limit(LISTED_PAIRS)
                .toList();
        addPairs(problem.at(firstRow(pairs)), pairs, leaked, "stands in training as");
        log.add(CheckProblems.OVERLAP.code(), "", leaked, problem::build);
    }

    private void addTokens(RowTable table, TokenTotals totals) {
        TokenFigures figures = totals.figures();
        RowRef first = totals.firstTruncated();
        if (first != null) {
            boolean isError = totals.truncatedRows() > limits.maxTruncated() * table.size();
            long longest = totals.tokens.quantiles(1).max();
            Problem problem = start(
                            CheckProblems.TRUNCATED,
                            isError,
                            Counted.share(totals.truncatedRows(), table.size(), "row") + " are over the limit of "
                                    + Counted.of(figures.limitTokens(), "token"))
                    .at(new Location.InRow(first.source(), first.row(), null))
                    .because(Counted.of(figures.cutTokens(), "token") + " are cut; the longest row has "
                            + Counted.of(longest, "token") + "; check.max-truncated allows "
                            + Counted.percent(limits.maxTruncated()))
                    .remedy("training.max-tokens: " + longest)
                    .build();
            log.add(CheckProblems.TRUNCATED.code(), "", totals.truncatedRows(), () -> problem);
        }
        if (figures.unfamiliarShare() > UNFAMILIAR_SHARE) {
            log.add(
                    CheckProblems.UNFAMILIAR_TEXT.code(),
                    () -> CheckProblems.UNFAMILIAR_TEXT
                            .warning(Counted.percent(figures.unfamiliarShare())
                                    + " of the tokens are unknown or fragments of a character")
                            .because("more than " + Counted.percent(UNFAMILIAR_SHARE)
                                    + " means that the base model hardly knows the script")
                            .build());
        }
    }

    private static Problem.Builder start(ProblemKind kind, boolean isError, String summary) {
        return isError ? kind.error(summary) : kind.warning(summary);
    }

    /** Names the first pairs. */
    private static void addPairs(Problem.Builder problem, List<RowPair> pairs, long all, String relation) {
        for (RowPair pair : pairs) {
            problem.because(String.format(
                    Locale.ROOT, "%s %s %s (similarity %.2f)", pair.row(), relation, pair.other(), pair.similarity()));
        }
        if (all > pairs.size()) {
            problem.because(String.format(Locale.ROOT, "and %,d more", all - pairs.size()));
        }
    }

    private static Location firstRow(List<RowPair> pairs) {
        RowRef first = pairs.get(0).row();
        return new Location.InRow(first.source(), first.row(), null);
    }
}
