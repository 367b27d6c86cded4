package dev.finetune4j.engine;

import dev.finetune4j.engine.journal.Redaction;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.engine.spec.Origin;
import dev.finetune4j.error.FineTuneException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What must not be written down of a job: beside the secrets of the environment what the job took from there.
 *
 * @param redaction of the secrets of the environment
 * @param environment environment variables
 */
record JobSecrets(Redaction redaction, Map<String, String> environment) {
    /** Values that the job took from the environment by name: whoever keeps them there does not want them written down. */
    List<String> of(JobFile file) {
        return file.resolved().values().stream()
                .map(value -> value.origin())
                .filter(Origin.FromEnvironment.class::isInstance)
                .flatMap(origin -> Arrays.stream(
                        ((Origin.FromEnvironment) origin).variable().split("[,\\s]+", -1)))
                .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
                .toList();
    }

    /** What failed, at its place in the job file and without secrets. */
    FineTuneException clean(FineTuneException failure, JobFile job) {
        return redaction.and(of(job)).apply(job.placed(failure));
    }

    /** Names no value of the environment. */
    @Override
    public String toString() {
        return "JobSecrets[" + redaction + "]";
    }
}
