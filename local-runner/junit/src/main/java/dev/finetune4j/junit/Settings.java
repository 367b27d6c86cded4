package dev.finetune4j.junit;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The switches of an execution of tests.
 *
 * @param folder the module's folder
 * @param home where runs, models and data lie; empty: as everywhere else
 * @param output where summaries go
 * @param recordsBaselines whether baselines are written anew instead of compared with
 * @param trainsAlways whether runs of earlier executions are not used
 */
record Settings(Path folder, Optional<Path> home, Path output, boolean recordsBaselines, boolean trainsAlways) {
    static final String BASELINE = "finetune4j.baseline";
    static final String RECORD = "record";
    static final String TRAIN = "finetune4j.train";
    static final String ALWAYS = "always";

    static Settings of(ExtensionContext test) {
        Path folder = test.getConfigurationParameter("finetune4j.folder")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("basedir", "")))
                .toAbsolutePath()
                .normalize();
        return new Settings(
                folder,
                test.getConfigurationParameter("finetune4j.home").map(folder::resolve),
                folder.resolve(
                        test.getConfigurationParameter("finetune4j.output").orElse("target/finetune4j")),
                isSecond(test, BASELINE, "compare", RECORD),
                isSecond(test, TRAIN, "once", ALWAYS));
    }

    private static boolean isSecond(ExtensionContext test, String name, String first, String second) {
        String value = test.getConfigurationParameter(name).orElse(first);
        if (!List.of(first, second).contains(value)) {
            throw new ExtensionConfigurationException(name + " must be " + first + " or " + second + ", was " + value);
        }
        return value.equals(second);
    }
}
