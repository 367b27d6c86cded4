package dev.finetune4j.engine.check;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemGroup;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts every finding and tells those of one sort together, so that a broken column does not print a million lines. */
final class FindingLog {
    private final Map<String, Entry> entries = new TreeMap<>();

    /** Takes a finding of a code without subjects. */
    void add(String code, Supplier<Problem> problem) {
        add(code, "", problem);
    }

    /** Takes a finding; its problem is only built while it may be shown. */
    void add(String code, String subject, Supplier<Problem> problem) {
        add(code, subject, 1, problem);
    }

    /** Takes one problem that stands for {@code count} findings. */
    void add(String code, String subject, long count, Supplier<Problem> problem) {
        Entry entry = entries.computeIfAbsent(code + "/" + subject, key -> new Entry(code, subject));
        entry.count += count;
        entry.group.add(problem);
    }

    /** Gives all problems of a kind another severity, once all rows are known. */
    void setSeverity(ProblemKind kind, Severity severity) {
        entries.values().stream()
                .filter(entry -> entry.code.equals(kind.code()))
                .forEach(entry -> entry.severity = severity);
    }

    /** Gives all problems of a kind other remedies, once all rows are known. */
    void setRemedies(ProblemKind kind, List<String> remedies) {
        entries.values().stream()
                .filter(entry -> entry.code.equals(kind.code()))
                .forEach(entry -> entry.remedies = remedies);
    }

    /** Problems in reading order, those of one sort told together where there are more than a few. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        entries.values().forEach(entry -> problems.addAll(entry.told()));
        problems.sort(Problem.IN_READING_ORDER);
        return problems;
    }

    /** How often each sort of finding occurred, by code and subject. */
    List<FindingCount> counts() {
        return entries.values().stream()
                .map(entry -> new FindingCount(entry.code, entry.subject, entry.count))
                .toList();
    }

    private static final class Entry {
        private final String code;
        private final String subject;
        private final ProblemGroup group = new ProblemGroup();
        private @Nullable Severity severity;
        private List<String> remedies = List.of();
        private long count;

        Entry(String code, String subject) {
            this.code = code;
            this.subject = subject;
        }

        List<Problem> told() {
            return group.told().stream().map(this::asDecided).toList();
        }

        private Problem asDecided(Problem problem) {
            Problem weighed = severity == null ? problem : problem.with(severity);
            return remedies.isEmpty() ? weighed : weighed.withRemedies(remedies);
        }
    }
}
