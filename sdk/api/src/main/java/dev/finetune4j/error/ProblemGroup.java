package dev.finetune4j.error;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Problems of one sort that many rows may have. A few are told one by one; more of them as one problem that says how many there are,
 * where the first stand, and once what is alike about them. Not safe for use by several threads.
 */
public final class ProblemGroup {
    private static final int TOLD_ONE_BY_ONE = 3;
    private static final int SHOWN = 5;
    private static final int REMEDIES = 3;

    private final List<Problem> first = new ArrayList<>();
    private long count;

    /** Takes a problem; it is only built while it may be shown. */
    public void add(Supplier<Problem> problem) {
        count++;
        if (first.size() < SHOWN) {
            first.add(problem.get());
        }
    }

    /** How many there are. */
    public long count() {
        return count;
    }

    /** The problems as people are told of them, all with the severity of the first; empty without any. */
    public List<Problem> told() {
        return count <= TOLD_ONE_BY_ONE ? List.copyOf(first) : List.of(asOne());
    }

    private Problem asOne() {
        first.sort(Problem.IN_READING_ORDER);
        Problem model = first.get(0);
        Set<String> alike = new LinkedHashSet<>(model.causes());
        first.forEach(problem -> alike.retainAll(problem.causes()));
        Set<String> remedies = new LinkedHashSet<>();
        first.forEach(problem -> remedies.addAll(problem.remedies()));
        List<String> best = remedies.stream().limit(REMEDIES).toList();
        List<String> causes = new ArrayList<>(occurrences(alike));
        causes.addAll(alike);
        String summary =
                String.format(Locale.ROOT, "%s, %,d times", model.kind().title(), count);
        return new Problem(model.kind(), model.severity(), summary, model.location(), causes, best, model.retry());
    }

    private List<String> occurrences(Set<String> alike) {
        boolean sameWords = first.stream().map(Problem::summary).distinct().count() == 1
                && first.stream().allMatch(problem -> alike.containsAll(problem.causes()));
        String more = String.format(Locale.ROOT, "and %,d more", count - first.size());
        List<String> lines = new ArrayList<>();
        if (sameWords) {
            List<String> places = first.stream().map(this::place).toList();
            lines.add(first.get(0).summary() + ": " + String.join(", ", places)
                    + (count > first.size() ? ", " + more : ""));
        } else {
            first.forEach(problem -> lines.add(occurrence(problem, alike)));
            if (count > first.size()) {
                lines.add(more);
            }
        }
        return lines;
    }

    private String occurrence(Problem problem, Set<String> alike) {
        String place = place(problem);
        String own = String.join(
                "; ",
                problem.causes().stream()
                        .filter(cause -> !alike.contains(cause))
                        .toList());
        String text = own.isEmpty() ? problem.summary() : problem.summary() + " (" + own + ")";
        return place.isEmpty() || text.contains(place) ? text : place + ": " + text;
    }

    /** Row and span, or line; with its file where the group has several. */
    private String place(Problem problem) {
        Location place = problem.location();
        if (place == null) {
            return "";
        }
        boolean sameSource = first.stream()
                        .flatMap(one -> one.place().stream())
                        .map(Location::source)
                        .distinct()
                        .count()
                == 1;
        if (!sameSource || place.line() == 0) {
            return place.toString();
        }
        if (place instanceof Location.InRow row) {
            // Where a value must not be shown, its span says where to look.
            return "row " + row.row()
                    + (row.start() < 0 ? "" : " " + row.field() + "[" + row.start() + ".." + row.end() + ")");
        }
        return "line " + place.line();
    }
}
