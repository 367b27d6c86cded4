package dev.finetune4j.engine.estimate;

import java.time.YearMonth;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which release of its trainer a published run has, as far as the row says it or its date tells it. */
final class RunDefaults {
    /** A month, or a year of which no month is said: "2025-08-29", "2024", and both of "2024-2026". */
    private static final Pattern DATE = Pattern.compile("(?<!\\d)(20\\d\\d)(?:-(0[1-9]|1[0-2])(?!\\d))?");

    /** So long after a release most have it: people pin versions, and publish later than they run. Judgement. */
    private static final int MONTHS_TILL_USUAL = 6;

    private static final int DECEMBER = 12;

    private final RunRow row;

    RunDefaults(RunRow row) {
        this.row = row;
    }

    /** Whether the run has this release or a newer one; null where neither version nor date tells it, or another trains. */
    @Nullable
    Boolean has(Since release) {
        if (!row.framework().isBy(release.trainer())) {
            return null;
        }
        OptionalInt version = version(release.trainer());
        if (version.isPresent()) {
            return version.getAsInt() >= release.version();
        }
        List<YearMonth> last = months(DECEMBER);
        if (last.stream().anyMatch(month -> !month.isBefore(release.released()))) {
            YearMonth usual = release.released().plusMonths(MONTHS_TILL_USUAL);
            return months(1).stream().allMatch(month -> month.isAfter(usual)) ? Boolean.TRUE : null;
        }
        return last.isEmpty() ? null : Boolean.FALSE;
    }

    /** The months of its date; a year without one is taken for this month of it. */
    private List<YearMonth> months(int open) {
        return DATE.matcher(row.text("date"))
                .results()
                .map(said -> YearMonth.of(
                        Integer.parseInt(said.group(1)),
                        said.group(2) == null ? open : Integer.parseInt(said.group(2))))
                .toList();
    }

    private OptionalInt version(Since.Trainer trainer) {
        RunNotes said = new RunNotes(row.text("framework") + "; " + row.text("notes"));
        return said.first(trainer.version()).stream()
                .mapToInt(RunDefaults::number)
                .findFirst();
    }

    private static int number(String version) {
        String[] parts = version.replaceFirst("^.*?(\\d+\\.\\d+)$", "$1").split("\\.", -1);
        return Since.number(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }
}
