package dev.finetune4j.junit;

import dev.finetune4j.junit.summary.Claim;
import dev.finetune4j.junit.summary.ClassSummary;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The test that a run was handed to. */
final class TestSurroundings {
    private final ExtensionContext test;
    private final Executable asking;
    private final Settings settings;
    private final ClassSummary summary;

    /**
     * Of a parameter.
     *
     * @param asking the method or constructor that has the parameter
     */
    TestSurroundings(ExtensionContext test, Executable asking, Settings settings) {
        this.test = test;
        this.asking = asking;
        this.settings = settings;
        this.summary = Stores.summary(test, settings);
    }

    Settings settings() {
        return settings;
    }

    /** The test's name, as the CI's log has it; of what comes before all tests, the method's in the same form. */
    String name() {
        if (test.getTestMethod().isPresent()) {
            return test.getDisplayName();
        }
        return asking instanceof Method
                ? asking.getName()
                        + Stream.of(asking.getParameterTypes())
                                .map(Class::getSimpleName)
                                .collect(Collectors.joining(", ", "(", ")"))
                : "(constructor)";
    }

    /** The command that runs this test again and records the baseline. Surefire knows a nested class by its outer classes only. */
    String commandToRecord() {
        String testClass = test.getRequiredTestClass().getName();
        String method = test.getTestMethod().map(one -> "#" + one.getName()).orElse("");
        return "mvn test -Dtest='" + testClass.substring(testClass.lastIndexOf('.') + 1) + method + "' -D"
                + Settings.BASELINE + "=" + Settings.RECORD;
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
