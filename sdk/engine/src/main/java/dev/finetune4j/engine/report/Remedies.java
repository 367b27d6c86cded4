package dev.finetune4j.engine.report;

import dev.finetune4j.engine.spec.ShellWord;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.value.RunId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Remedies as they can be pasted. Who finds a problem seldom knows the job file and the run that it is told of, so that our own commands are
 * written with {@code JOB} and {@code RUN} in their places.
 */
public final class Remedies {
    private static final String OWN_COMMAND = "finetune ";
    private static final Pattern JOB = Pattern.compile("\\bJOB\\b");
    private static final Pattern RUN = Pattern.compile("\\bRUN\\b");

    private Remedies() {}

    /**
     * The problem, with what it is told of in its remedies.
     *
     * @param jobFile the job file, or null where it is not known; {@link Location#JOB} of a job that came from code stays JOB
     * @param run the run, or null where it is not known
     */
    public static Problem named(Problem problem, @Nullable String jobFile, @Nullable RunId run) {
        return problem.withRemedies(problem.remedies().stream()
                .map(remedy -> named(remedy, jobFile, run))
                .toList());
    }

    /** Several problems, in the same way. */
    public static List<Problem> named(List<Problem> problems, @Nullable String jobFile, @Nullable RunId run) {
        return problems.stream().map(problem -> named(problem, jobFile, run)).toList();
    }

    /** One remedy, in the same way. */
    public static String named(String remedy, @Nullable String jobFile, @Nullable RunId run) {
        if (!remedy.contains(OWN_COMMAND)) {
            return remedy;
        }
        String named =
                run == null ? remedy : RUN.matcher(remedy).replaceAll(run.value()); // first: a path may hold the word
        return jobFile == null || jobFile.equals(Location.JOB)
                ? named
                : JOB.matcher(named).replaceAll(Matcher.quoteReplacement(ShellWord.of(jobFile)));
    }
}
