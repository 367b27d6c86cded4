package dev.finetune4j.engine.journal;

import dev.finetune4j.error.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the run that was meant by an id with a slip in it, or by a job's name with one. */
final class RunNames {
    /** What {@link RunStore#id} adds to the job's name. */
    private static final Pattern DIGEST_AND_ATTEMPT = Pattern.compile("-[0-9a-f]{8}-\\d+$");

    private RunNames() {}

    /**
     * The run that was meant, if one is near enough.
     *
     * @param asked what was typed
     * @param newestFirst ids of all runs
     */
    static Optional<String> nearest(String asked, List<String> newestFirst) {
        return Spelling.nearest(asked, newestFirst)
                .or(() -> Spelling.nearest(
                                asked,
                                newestFirst.stream().map(RunNames::jobName).toList())
                        .flatMap(name -> newestFirst.stream()
                                .filter(id -> jobName(id).equals(name))
                                .findFirst()));
    }

    private static String jobName(String id) {
        return DIGEST_AND_ATTEMPT.matcher(id).replaceFirst("");
    }
}
