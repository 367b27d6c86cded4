package dev.finetune4j.engine.check;

import dev.finetune4j.data.Part;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.engine.check.RowPair.Relation;
import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.LabelSpelling;
import dev.finetune4j.engine.data.Shares;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.spi.CodecBehindVirtualTokens;
import dev.finetune4j.spi.TextCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Reports what is wrong with the rows taken together. */
final class SetFindings {
    /** Share of one label from which a set counts as unbalanced: always answering it is right nine times of ten. */
    private static final double UNBALANCED_SHARE = 0.9;

    /** Share of fragments from which a vocabulary hardly covers a text; emoji in ordinary text stay far below. */
    private static final double UNFAMILIAR_SHARE = 0.2;

    /** Share of rows over the limit up to which they are told by name. */
    private static final double FEW_ROWS = 0.1;

    private static final int LISTED_PAIRS = 5;
    private static final int LISTED_LABELS = 10;
    private static final int NAMED_ROWS = 20;

    /** Of a label with fewer training rows hardly anything is learned. */
    private static final int LEARNABLE_ROWS = 2;

    private final TaskSpec task;
    private final CheckSpec limits;
    private final int askedTokens;
    private final int contextTokens;
    private final int virtualTokens;
    private final int modelTokens;
    private final DataSpec data;
    private final FindingLog log;

    /**
     * Findings for a set.
     *
     * @param task what the rows are for
     * @param limits from where on a finding is an error
     * @param askedTokens tokens that the job allows a row, 0 for the model's length
     * @param codec tells how many tokens the model was made for, and how many of them are virtual
     * @param data where the rows come from, and how they were dealt out
     * @param log takes what is found
     */
    SetFindings(TaskSpec task, CheckSpec limits, int askedTokens, TextCodec codec, DataSpec data, FindingLog log) {
        this.task = task;
        this.limits = limits;
        this.askedTokens = askedTokens;
        this.contextTokens = codec.contextTokens();
        CodecBehindVirtualTokens behind = codec instanceof CodecBehindVirtualTokens wrapped ? wrapped : null;
        this.virtualTokens = behind == null ? 0 : behind.virtualTokens();
        this.modelTokens = behind == null ? contextTokens : behind.codec().contextTokens();
        this.data = data;
        this.log = log;
    }

    void add(TextFindings texts, RepeatedRows repeated, TokenTotals totals) {
        addMissingParts(texts.table());
        addBrokenRows(texts);
        if (task.kind().hasLabels()) {
            addLabels(texts.labels());
            addUntestedLabels(texts.table(), texts.labels());
            texts.labels().alike().forEach(group -> addAlikeLabels(group, texts.labels()));
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
                            .at(Location.ofKey("data.split"))
                            .because(Counted.of(table.size(), "row") + " in all, none of them for training")
                            .remedy("data.split: {validation: 0, test: 0.2}")
                            .build());
        }
        if (table.size(Part.TEST) == 0) {
            log.add(
                    CheckProblems.NO_TEST_ROWS.code(),
                    () -> CheckProblems.NO_TEST_ROWS
                            .warning("there are no test rows to compare base and tuned model on")
                            .at(Location.ofKey("data.split"))
                            .because(Counted.of(table.size(), "row") + " in all, none of them for the test")
                            .build());
        }
    }

    /** Broken rows are errors only beyond the share that the job tolerates. */
    private void addBrokenRows(TextFindings texts) {
        if (texts.brokenRows() <= limits.maxInvalid() * texts.table().size()) {
            List.of(DataProblems.EMPTY_PROMPT, DataProblems.EMPTY_ANSWER, CheckProblems.UNKNOWN_LABEL)
                    .forEach(kind -> log.setSeverity(kind, Severity.WARNING));
        }
    }

    private void addLabels(LabelCounts labels) {
        addRareLabels(labels);
        LabelBalance balance = labels.balance();
        if (balance != null && balance.labels() == 1) {
            log.add(
                    CheckProblems.UNBALANCED_LABELS.code(),
                    () -> CheckProblems.UNBALANCED_LABELS
                            .error("all training rows are \"" + balance.largest() + "\"")
                            .because("there is no other label to tell it from")
                            .remedy("add rows of another label")
                            .build());
        } else if (balance != null && balance.largestShare() > UNBALANCED_SHARE) {
            log.add(
                    CheckProblems.UNBALANCED_LABELS.code(),
                    () -> CheckProblems.UNBALANCED_LABELS
                            .warning(Counted.percent(balance.largestShare()) + " of the training rows are \""
                                    + balance.largest() + "\"")
                            .because("whoever always answers \"" + balance.largest() + "\" is right that often")
                            .build());
        }
    }

    /** One problem for all labels of too few rows: below the job's limit, or without one those that nothing can be learned of. */
    private void addRareLabels(LabelCounts labels) {
        boolean isError = limits.minRowsPerLabel() > 0;
        int needed = isError ? limits.minRowsPerLabel() : LEARNABLE_ROWS;
        List<Map.Entry<String, Long>> rare = labels.byFrequency().entrySet().stream()
                .filter(label -> label.getValue() < needed)
                .toList();
        if (rare.isEmpty()) {
            return;
        }
        Problem.Builder problem = start(CheckProblems.RARE_LABEL, isError, rareSummary(rare, needed));
        if (rare.size() > 1) {
            problem.because("training rows: " + listed(rare));
        }
        if (isError) {
            problem.because("check.min-rows-per-label asks for " + needed)
                    .at(Location.ofKey("check.min-rows-per-label"))
                    .remedy("check.min-rows-per-label: "
                            + rare.get(rare.size() - 1).getValue());
        }
        problem.remedy(
                rare.size() == 1
                        ? CheckProblems.RARE_LABEL.remedy()
                        : "add rows of those labels, or merge each with a related one");
        log.add(CheckProblems.RARE_LABEL.code(), "", rare.size(), problem::build);
    }

    private void addUntestedLabels(RowTable table, LabelCounts labels) {
        List<String> untested = labels.untested();
        if (untested.isEmpty() || table.size(Part.TEST) == 0) {
            return;
        }
        int all = labels.byFrequency().size();
        String names = untested.stream()
                .limit(LISTED_LABELS)
                .map(label -> "\"" + label + "\"")
                .collect(Collectors.joining(", "));
        int others = untested.size() - LISTED_LABELS;
        long rowless = untested.stream()
                .filter(label -> labels.byFrequency().getOrDefault(label, 0L) == 0)
                .count();
        int testRows = data.split().testRows();
        // A sample that keeps the shares of labels has a row of each that it has room for.
        boolean isCapped = data.split().stratify() && testRows < all - rowless && table.size(Part.TEST) == testRows;
        log.add(CheckProblems.UNTESTED_LABEL.code(), "", untested.size(), () -> {
            Problem.Builder problem = CheckProblems.UNTESTED_LABEL
                    .warning(untested.size() + " of " + Counted.of(all, "label")
                            + (untested.size() == 1 ? " has" : " have") + " no test row")
                    .because(names + (others > 0 ? ", and " + others + " more labels" : ""))
                    .because("macro-F1 is over the labels that test rows have, and those that a model answers");
            if (isCapped) {
                problem.because("data.split.test-rows allows " + Counted.of(testRows, "test row"))
                        .remedy("data.split.test-rows: " + (all - rowless));
            }
            return problem.remedy("add rows of " + (untested.size() == 1 ? "that label" : "those labels"))
                    .build();
        });
    }

    private void addAlikeLabels(List<String> alike, LabelCounts labels) {
        String differing = isOne(alike, LabelSpelling::withoutCaseAndSpaces)
                ? "case or spaces"
                : isOne(alike, LabelSpelling::printed) ? "how characters are encoded" : "case, spaces or encoding";
        log.add(CheckProblems.ALIKE_LABELS.code(), () -> {
            Problem.Builder problem = CheckProblems.ALIKE_LABELS.warning("labels "
                    + alike.stream().map(label -> "\"" + label + "\"").collect(Collectors.joining(" and "))
                    + " differ only in " + differing);
            for (String label : alike) {
                RowRef first = labels.firstRow(label);
                problem.because(named(label, alike) + " has "
                        + Counted.of(labels.byFrequency().getOrDefault(label, 0L), "training row")
                        + (first == null ? "" : "; the first row with it is " + first));
            }
            RowRef rarest = labels.firstRow(alike.get(alike.size() - 1));
            if (rarest != null) {
                problem.at(new Location.InRow(rarest.source(), rarest.row(), null));
            }
            return problem.remedy("write " + named(alike.get(0), alike) + " in every row")
                    .build();
        });
    }

    private static boolean isOne(List<String> labels, UnaryOperator<String> spelling) {
        return labels.stream().map(spelling).distinct().count() == 1;
    }

    /** A label, with what nobody sees of it where another prints alike. */
    private static String named(String label, List<String> alike) {
        return '"'
                + label
                + '"'
                + alike.stream()
                        .flatMap(other -> LabelSpelling.unseenDifference(label, other).stream())
                        .findFirst()
                        .map(difference -> " (" + difference + ")")
                        .orElse("");
    }

    private static String rareSummary(List<Map.Entry<String, Long>> rare, int needed) {
        Map.Entry<String, Long> first = rare.get(0);
        return rare.size() == 1
                ? "label \"" + first.getKey() + "\" has " + Counted.of(first.getValue(), "training row")
                : Counted.of(rare.size(), "label") + " have fewer than " + Counted.of(needed, "training row");
    }

    private static String listed(List<Map.Entry<String, Long>> labels) {
        String first = labels.stream()
                .limit(LISTED_LABELS)
                .map(label -> "\"" + label.getKey() + "\" " + label.getValue())
                .collect(Collectors.joining(", "));
        int others = labels.size() - LISTED_LABELS;
        return first + (others > 0 ? ", and " + others + " more labels" : "");
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
                        Counted.share(exact + near, table.size(), "row") + " repeat an earlier row of their part")
                .because(String.format(
                        Locale.ROOT,
                        "%,d word for word, %,d nearly; check.max-duplicates allows %s",
                        exact,
                        near,
                        Counted.percent(limits.maxDuplicates())));
        long leaked = repeated.count(Relation.OVERLAP);
        if (leaked > 0) {
            problem.because(Counted.of(leaked, "held-out row") + (leaked == 1 ? " repeats" : " repeat")
                    + " training rows: " + CheckProblems.OVERLAP.code());
        }
        List<RowPair> exactPairs = repeated.pairs(Relation.EXACT_DUPLICATE, LISTED_PAIRS);
        List<RowPair> nearPairs = repeated.pairs(Relation.NEAR_DUPLICATE, LISTED_PAIRS);
        addPairs(problem, exactPairs, exact, "equals");
        addPairs(problem, nearPairs, near, "nearly equals");
        problem.at(firstRow(exactPairs.isEmpty() ? nearPairs : exactPairs));
        if (isError) {
            problem.remedy("check.max-duplicates: " + Shares.allowing(exact + near, table.size()));
        }
        // A tool for equal lines finds neither: a row may have an id, go over several lines, or differ in a word.
        if (exact > 0 && data.query() != null) {
            problem.remedy("SELECT DISTINCT in data.query, over the columns that are learned from, without an id");
        } else if (exact > 0) {
            problem.remedy(leaveOut(repeated, Relation.EXACT_DUPLICATE, exact, "") + " word for word");
        }
        if (near > 0) {
            problem.remedy(leaveOut(repeated, Relation.NEAR_DUPLICATE, near, "nearly "));
        }
        log.add(CheckProblems.DUPLICATES.code(), "", exact + near, problem::build);
    }

    private static String leaveOut(RepeatedRows repeated, Relation relation, long count, String how) {
        String later = repeated.pairs(relation, NAMED_ROWS).stream()
                .map(pair -> pair.row().toString())
                .collect(Collectors.joining(", "));
        return "leave out " + later
                + (count > NAMED_ROWS ? String.format(Locale.ROOT, " and %,d more", count - NAMED_ROWS) : "")
                + ", which " + how + (count == 1 ? "repeats" : "repeat") + " an earlier row";
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
        SplitSpec split = data.split();
        boolean isFile = (part == Part.TEST ? split.testFile() : split.validationFile()) != null;
        problem.remedy(
                isFile || split.groupBy() != null
                        ? "take one row of each pair out of the data"
                        : CheckProblems.OVERLAP.remedy());
        if (isFile) {
            problem.because("the rows are a file of their own, and data.split.group-by deals out no such file");
        }
        if (part == Part.TEST) {
            problem.because("check.max-overlap allows " + Counted.percent(limit));
            if (isError) {
                problem.remedy("check.max-overlap: " + Shares.allowing(leaked, table.size(part)));
            }
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
        if (!totals.firstTruncated().isEmpty()) {
            RowRef first = totals.firstTruncated().get(0).row();
            List<String> lengthen = lengthen(figures.limitTokens(), table.size(), totals);
            log.setRemedies(CheckProblems.NOTHING_TO_LEARN, lengthen);
            log.setRemedies(CheckProblems.ANSWER_CUT, lengthen);
            boolean isError = totals.truncatedRows() > limits.maxTruncated() * table.size();
            long longest = totals.tokens.quantiles(1).max();
            Problem.Builder problem = start(
                            CheckProblems.TRUNCATED,
                            isError,
                            Counted.share(totals.truncatedRows(), table.size(), "row") + " are over the limit of "
                                    + Counted.of(figures.limitTokens(), "token"))
                    .at(new Location.InRow(first.source(), first.row(), null))
                    .because(Counted.of(figures.cutTokens(), "token") + " are cut; the longest row has "
                            + Counted.of(longest, "token") + "; check.max-truncated allows "
                            + Counted.percent(limits.maxTruncated()));
            if (virtualTokens > 0 && figures.limitTokens() == contextTokens) {
                problem.because("the model reads " + length());
            }
            lengthen.forEach(problem::remedy);
            if (isError) {
                problem.remedy("check.max-truncated: " + Shares.allowing(totals.truncatedRows(), table.size()));
            }
            log.add(CheckProblems.TRUNCATED.code(), "", totals.truncatedRows(), problem::build);
        }
        addLimit();
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

    /**
     * What to do so that rows are not cut: the job's limit can be raised up to the model's length. Where few
     * rows are cut, those that no limit takes are named: raising it would not mend them.
     */
    private List<String> lengthen(int limit, int rows, TokenTotals totals) {
        long longest = totals.tokens.quantiles(1).max();
        boolean areFew =
                totals.truncatedRows() == totals.firstTruncated().size() && totals.truncatedRows() <= FEW_ROWS * rows;
        List<TokenTotals.CutRow> tooLong = totals.firstTruncated().stream()
                .filter(row -> row.tokens() > contextTokens)
                .toList();
        List<String> remedies = new ArrayList<>();
        if (areFew && !tooLong.isEmpty()) {
            remedies.add("leave out "
                    + tooLong.stream().map(row -> row.row().toString()).collect(Collectors.joining(", "))
                    + ", or shorten " + (tooLong.size() == 1 ? "it" : "them"));
        }
        if (limit < contextTokens && !(areFew && tooLong.size() == totals.truncatedRows())) {
            remedies.add("training.max-tokens: " + Math.min(longest, contextTokens));
        }
        if (longest > contextTokens && virtualTokens > 0 && longest < modelTokens) {
            boolean isAllowed = askedTokens == 0 || askedTokens >= longest;
            remedies.add((isAllowed ? "" : "training.max-tokens: " + longest + " and ") + "method.virtual-tokens: "
                    + (modelTokens - longest));
        }
        if (longest > contextTokens) {
            remedies.add("finetune models    (the model reads " + length() + "; others read more)");
        }
        return remedies;
    }

    /** Tokens that the model was made for, and what is none of a row's. */
    private String length() {
        return Counted.of(modelTokens, "token")
                + (virtualTokens == 0 ? "" : ", of which virtual tokens take " + virtualTokens);
    }

    /** A limit that the model cannot have, unless nobody asked for it. */
    private void addLimit() {
        if (askedTokens > contextTokens && askedTokens != TrainingSpec.DEFAULT_MAX_TOKENS) {
            log.add(
                    CheckProblems.LIMIT_OVER_CONTEXT.code(),
                    () -> CheckProblems.LIMIT_OVER_CONTEXT
                            .warning("rows are cut to " + Counted.of(contextTokens, "token") + ", not to "
                                    + Counted.of(askedTokens, "token"))
                            .at(Location.ofKey("training.max-tokens"))
                            .because("the model was made for " + length())
                            .remedy("training.max-tokens: " + contextTokens)
                            .remedy("finetune models    # others read more")
                            .build());
        }
    }

    private static Problem.Builder start(ProblemKind kind, boolean isError, String summary) {
        return isError ? kind.error(summary) : kind.warning(summary);
    }

    /** Names the first pairs. */
    static void addPairs(Problem.Builder problem, List<RowPair> pairs, long all, String relation) {
        for (RowPair pair : pairs) {
            problem.because(String.format(
                    Locale.ROOT, "%s %s %s (similarity %.2f)", pair.row(), relation, pair.other(), pair.similarity()));
        }
        if (all > pairs.size()) {
            problem.because(String.format(Locale.ROOT, "and %,d more", all - pairs.size()));
        }
    }

    static Location firstRow(List<RowPair> pairs) {
        RowRef first = pairs.get(0).row();
        return new Location.InRow(first.source(), first.row(), null);
    }
}
