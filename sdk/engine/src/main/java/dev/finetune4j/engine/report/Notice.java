package dev.finetune4j.engine.report;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Problems of one kind, counted: a finding of the data check, or what a run had to say.
 *
 * @param code stable code of the kind
 * @param title the kind in a few words
 * @param severity how much it matters
 * @param count how often it was found
 * @param summary the first of them, with its values
 * @param remedy what to do first about it; null in reports of versions that did not write it down
 */
public record Notice(
        String code,
        String title,
        Severity severity,
        long count,
        String summary,
        @Nullable String remedy) {
    /** Counts problems by kind and severity, in the order of their first occurrence. */
    public static List<Notice> of(List<Problem> problems) {
        return of(problems, Map.of());
    }

    /** The same with the job file and the run that it is told of in its remedy, as {@link Remedies} has it. */
    Notice named(@Nullable String jobFile, RunId run) {
        return remedy == null
                ? this
                : new Notice(code, title, severity, count, summary, Remedies.named(remedy, jobFile, run));
    }

    /**
     * The same where only the first problems of a kind are listed.
     *
     * @param problems the listed ones
     * @param countByCode how many there are of a code, where that is known to be more than are listed
     */
    static List<Notice> of(List<Problem> problems, Map<String, Long> countByCode) {
        Map<String, List<Problem>> byKind = new LinkedHashMap<>();
        for (Problem problem : problems) {
            byKind.computeIfAbsent(problem.code() + problem.severity(), unseen -> new ArrayList<>())
                    .add(problem);
        }
        return byKind.values().stream()
                .map(alike -> new Notice(
                        alike.get(0).code(),
                        alike.get(0).kind().title(),
                        alike.get(0).severity(),
                        Math.max(
                                alike.size(),
                                countByCode.getOrDefault(alike.get(0).code(), 0L)),
                        alike.get(0).summary(),
                        alike.get(0).remedies().get(0)))
                .toList();
    }
}
