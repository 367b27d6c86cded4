package dev.finetune4j.junit;

import dev.finetune4j.junit.summary.Claim;
import dev.finetune4j.junit.summary.ClassSummary;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The test that a run was handed to. */
final class TestSurroundings {
    private final ExtensionContext test;
    private final Settings settings;
    private final ClassSummary summary;

    TestSurroundings(ExtensionContext test, Settings settings) {
        this.test = test;
        this.settings = settings;
        this.summary = Stores.summary(test, settings);
    }

    Settings settings() {
        return settings;
    }

    /** The test's name, as the CI's log has it. */
    String name() {
        return test.getTestMethod().isPresent() ? test.getDisplayName() : "(constructor)";
    }

    /** The command that runs this test again and records the baseline. */
    String commandToRecord() {
        String method = test.getTestMethod().map(one -> "#" + one.getName()).orElse("");
        return "mvn test -Dtest='" + test.getRequiredTestClass().getSimpleName() + method + "' -D" + Settings.BASELINE
                + "=" + Settings.RECORD;
    }

    /** What the test class leaves behind. */
    ClassSummary summary() {
        return summary;
    }

    /** Writes a claim down. */
    void claimed(FineTunedRun run, String text, @Nullable String counterevidence) {
        summary.add(new Claim(name(), run.id(), text, counterevidence));
    }

    /** Tells whoever listens to the tests. */
    void report(String key, String value) {
        test.publishReportEntry(Map.of(key, value));
    }
}
