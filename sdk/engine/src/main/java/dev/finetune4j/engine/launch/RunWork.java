package dev.finetune4j.engine.launch;

/**
 * How much a run has to do.
 *
 * @param tokens tokens of the rows that its steps go through
 * @param answers held-out rows times models that answer them
 */
public record RunWork(double tokens, long answers) {
    /** The work of a run that trains a part of what a job trains. */
    public static RunWork of(PreparedJob job, double epochs, long trainingRows, long answers) {
        var profile = job.check().profile();
        long rows = profile.rowsByPart().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        return new RunWork((double) profile.totalTokens() / Math.max(1, rows) * trainingRows * epochs, answers);
    }
}
