package dev.finetune4j.junit;

import dev.finetune4j.junit.summary.ClassSummary;
import dev.finetune4j.value.RunId;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;

/** What outlives a single test: trainings for the whole execution, a summary for each test class. JUnit closes both at their end. */
final class Stores {
    private static final Namespace OURS = Namespace.create(FineTuneExtension.class);

    private Stores() {}

    static Trainings trainings(ExtensionContext test, Settings settings) {
        return computed(test.getRoot().getStore(OURS), settings, Trainings.class, () -> new Trainings(settings));
    }

    /** One for a test class and all that is nested in it. */
    static ClassSummary summary(ExtensionContext test, Settings settings) {
        ExtensionContext outermost = outermostClass(test);
        String testClass = outermost.getRequiredTestClass().getName();
        return computed(
                outermost.getStore(OURS),
                ClassSummary.class,
                ClassSummary.class,
                () -> new ClassSummary(testClass, settings.output()));
    }

    /** Whether the test has not been handed this run before, as one parameter of several. */
    static boolean isFirstSightOf(ExtensionContext test, RunId run) {
        boolean[] isFirst = {false};
        computed(test.getStore(OURS), test.getUniqueId() + run, RunId.class, () -> {
            isFirst[0] = true;
            return run;
        });
        return isFirst[0];
    }

    private static ExtensionContext outermostClass(ExtensionContext test) {
        ExtensionContext context = test;
        while (context.getParent().filter(one -> one.getTestClass().isPresent()).isPresent()) {
            context = context.getParent().orElseThrow();
        }
        return context;
    }

    /** By the method that JUnit 5.13 has too; JUnit 6 has another one besides. */
    @SuppressWarnings("deprecation")
    private static <V> V computed(Store store, Object key, Class<V> type, Supplier<V> value) {
        V found = store.getOrComputeIfAbsent(key, unused -> value.get(), type);
        if (found == null) {
            throw new IllegalStateException("JUnit keeps no " + type.getSimpleName());
        }
        return found;
    }
}
