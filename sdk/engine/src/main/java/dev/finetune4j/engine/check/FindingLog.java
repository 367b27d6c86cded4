package dev.finetune4j.engine.check;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Counts every finding and keeps the first of each sort as problems, so that a broken column does not print a million lines. */
final class FindingLog {
    private static final int LISTED = 20;
    private static final int LISTED_OF_SUBJECT = 5;

    private final Map<String, Entry> entries = new TreeMap<>();

    /** Takes a finding of a code without subjects. */
    void add(String code, Supplier<Problem> problem) {
        add(code, "", problem);
    }

    /** Takes a finding; its problem is only built while the list of its sort has room. */
    void add(String code, String subject, Supplier<Problem> problem) {
        add(code, subject, 1, problem);
    }

    /** Takes one problem that stands for {@code count} findings. */
    void add(String code, String subject, long count, Supplier<Problem> problem) {
        Entry entry = entries.computeIfAbsent(code + "/" + subject, key -> new Entry(code, subject));
        entry.count += count;
        entry.calls++;
        int limit = subject.isEmpty() ? LISTED : LISTED_OF_SUBJECT;
        if (entry.calls <= limit) {
            entry.listed.add(problem.get());
        } else if (entry.calls == limit + 1) {
            entry.firstUnlisted = List.of(problem.get());
        }
    }

    /** Gives all problems of a kind another severity, once all rows are known. */
    void setSeverity(ProblemKind kind, Severity severity) {
        for (Entry entry : entries.values()) {
            if (entry.code.equals(kind.code())) {
                entry.listed.replaceAll(problem -> changed(problem, severity, problem.summary()));
                entry.firstUnlisted = entry.firstUnlisted.stream()
                        .map(problem -> changed(problem, severity, problem.summary()))
                        .toList();
            }
        }
    }

    /** Listed problems in reading order, each cut list followed by a problem that says how many more there are. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        for (Entry entry : entries.values()) {
            problems.addAll(entry.listed);
            entry.firstUnlisted.stream().map(entry::andMore).forEach(problems::add);
        }
        problems.sort(Problem.IN_READING_ORDER);
        return problems;
    }

    /** How often each sort of finding occurred, by code and subject. */
    List<FindingCount> counts() {
        return entries.values().stream()
                .map(entry -> new FindingCount(entry.code, entry.subject, entry.count))
                .toList();
    }

    private static Problem changed(Problem problem, Severity severity, String summary) {
        return new Problem(
                problem.kind(),
                severity,
                summary,
                problem.location(),
                problem.causes(),
                problem.remedies(),
                problem.retry());
    }

    private static final class Entry {
        private final String code;
        private final String subject;
        private final List<Problem> listed = new ArrayList<>();
        private List<Problem> firstUnlisted = List.of();
        private long count;
        private long calls;

        Entry(String code, String subject) {
            this.code = code;
            this.subject = subject;
        }

        /** Stands where the first problem that is not listed would stand. */
        Problem andMore(Problem first) {
            String sort = subject.isEmpty() ? first.kind().title() : subject;
            String summary = String.format(
                    Locale.ROOT, "and %,d more from here on: %s, %,d in all", calls - listed.size(), sort, count);
            return changed(first, first.severity(), summary);
        }
    }
}
