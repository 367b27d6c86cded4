package dev.finetune4j.junit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/**
 * Where a job file and the baseline beside it lie.
 *
 * @param file the job file
 * @param baseline the baseline, recorded or not
 */
record JobPath(Path file, Path baseline) {
    /** The file that a test names, below the module's folder or its test resources: in the sources, where a baseline stays. */
    static JobPath find(FineTune named, Path folder) {
        List<Path> places = List.of(
                folder.resolve(named.value()).normalize(),
                folder.resolve("src/test/resources").resolve(named.value()).normalize());
        Path file = places.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new ParameterResolutionException("there is no job file " + named.value()
                        + "; looked at " + places.get(0) + " and " + places.get(1)));
        return new JobPath(file, file.resolveSibling(named.baseline().isEmpty() ? besides(file) : named.baseline()));
    }

    private static String besides(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "") + ".baseline.jsonl";
    }
}
