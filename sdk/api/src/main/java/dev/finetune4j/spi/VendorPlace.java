package dev.finetune4j.spi;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One of several places of a vendor. What serves all of them, such as an {@link AccountExaminer}, names none, and finds each by ServiceLoader,
 * as it is registered as a {@link ProviderFactory}.
 */
public interface VendorPlace extends ProviderFactory {
    /** What a diagnosis of its settings is called. */
    String SETTINGS = "settings";

    /** Whether it is the one that is meant where nobody names one; true of one of a vendor's. */
    default boolean isUsual() {
        return false;
    }

    /** Every one of a kind that is registered. */
    static <P extends VendorPlace> List<P> all(Class<P> kind) {
        return ServiceLoader.load(ProviderFactory.class, kind.getClassLoader()).stream()
                .filter(provider -> kind.isAssignableFrom(provider.type()))
                .map(provider -> kind.cast(provider.get()))
                .toList();
    }

    /**
     * Looks at those that a job names, the usual one first, or at the usual one where it names none. Each diagnosis of another than the
     * usual one begins with its id.
     *
     * @param look what is found at one
     */
    static <P extends VendorPlace> List<Diagnosis> examine(
            Class<P> kind, @Nullable FineTuneJob job, Function<P, List<Diagnosis>> look) {
        List<P> places = all(kind);
        List<P> named = places.stream()
                .filter(place -> job != null && isNamed(job, place))
                .sorted(Comparator.comparing(VendorPlace::isUsual).reversed())
                .toList();
        if (named.isEmpty()) {
            return places.stream()
                    .filter(VendorPlace::isUsual)
                    .findFirst()
                    .map(look)
                    .orElse(List.of());
        }
        List<Diagnosis> all = new ArrayList<>();
        for (P place : named) {
            String prefix = place.isUsual() ? "" : place.id() + " ";
            look.apply(place).stream()
                    .map(one -> one.named(prefix + one.name()))
                    .forEach(all::add);
        }
        return all;
    }

    private static boolean isNamed(FineTuneJob job, VendorPlace place) {
        return job.targets().contains(place.id()) || !job.settingsOf(place.id()).isEmpty();
    }

    /** What its provider has against settings, of which no job can be. */
    default List<Diagnosis> wrong(Map<String, String> settings, ProviderContext context) {
        try (Provider provider = open(context, settings)) {
            return provider.settingProblems().stream()
                    .filter(Problem::isError)
                    .map(problem -> Diagnosis.of(SETTINGS, problem))
                    .toList();
        }
    }
}
