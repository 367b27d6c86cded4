package dev.finetune4j.engine.data.format;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.engine.data.LabelSpelling;
import dev.finetune4j.engine.spec.YamlText;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemGroup;
import dev.finetune4j.error.Severity;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Collects the problems of rows; those of one sort are told together where there are more than a few. */
public final class RowProblems {
    /** Sorts that are told apart; of further ones those of the same code count as one. */
    private static final int MOST_SORTS = 30;

    private static final Pattern VALUE = Pattern.compile("\"[^\"]*\"|0x[0-9A-F]+|[0-9][0-9,.]*");

    private static final String CORRECT = "correct the rows";

    private static final int MOST_LABELS = 50;
    private static final int LONGEST_LABEL = 60;

    private final Map<String, ProblemGroup> bySort = new LinkedHashMap<>();
    private final Set<String> unlisted = new TreeSet<>();
    private final List<String> labels;
    private final Set<String> printedLabels;
    private long brokenRows;

    /**
     * An empty collection.
     *
     * @param labels the closed list of answers; empty without one
     */
    public RowProblems(List<String> labels) {
        this.labels = List.copyOf(labels);
        this.printedLabels = labels.stream().map(LabelSpelling::printed).collect(Collectors.toSet());
    }

    /** Takes the problems of one broken row. */
    public void add(List<Problem> ofOneRow) {
        brokenRows++;
        for (Problem problem : ofOneRow) {
            bySort.computeIfAbsent(sortOf(problem), sort -> new ProblemGroup()).add(() -> problem);
        }
    }

    /** Takes the problem of a row whose label is none of the task's. */
    public void addUnlisted(String label, Problem problem) {
        // One that prints as a listed label does is that label, written in another way.
        boolean isListedInPrint = printedLabels.contains(LabelSpelling.printed(label));
        add(List.of(isListedInPrint ? problem.withRemedies(List.of(CORRECT)) : problem));
        if (unlisted.size() < MOST_LABELS && label.length() <= LONGEST_LABEL && !isListedInPrint) {
            unlisted.add(label);
        }
    }

    /** Rows that are broken. */
    public long brokenRows() {
        return brokenRows;
    }

    /** The problems as they were reported. */
    public List<Problem> asErrors() {
        return all(Severity.ERROR);
    }

    /** The same as warnings, for a job that allows broken rows to be left out. */
    public List<Problem> asWarnings() {
        return all(Severity.WARNING);
    }

    /** What is wrong, apart from where and with which value. */
    private String sortOf(Problem problem) {
        return bySort.size() < MOST_SORTS
                ? problem.code()
                        + VALUE.matcher(problem.summary() + problem.causes()).replaceAll("#")
                : problem.code();
    }

    private List<Problem> all(Severity severity) {
        return bySort.values().stream()
                .flatMap(group -> group.told().stream())
                .map(problem -> withList(problem.with(severity)))
                .toList();
    }

    /** The list that would take every label that was found, where it takes the problem's own. */
    private Problem withList(Problem problem) {
        if (unlisted.isEmpty()
                || !problem.kind().equals(DataProblems.LABEL_UNKNOWN)
                || problem.remedies().equals(List.of(CORRECT))) {
            return problem;
        }
        Set<String> all = new LinkedHashSet<>(labels);
        all.addAll(unlisted);
        return problem.withRemedies(List.of("task.labels: " + YamlText.list(all), CORRECT));
    }
}
