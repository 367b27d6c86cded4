package dev.finetune4j.azure.account;

import com.azure.core.credential.TokenRequestContext;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.AccountExaminer;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks whether a subscription of Azure's is ready for a job at the places that it names. */
public final class AzureExaminer implements AccountExaminer {
    private static final String SETTINGS = "settings";
    private static final String CREDENTIALS = "credentials";

    @Override
    public String vendor() {
        return "azure";
    }

    @Override
    public List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job) {
        List<AzurePlace> places = AzurePlace.all();
        List<AzurePlace> named = places.stream()
                .filter(place -> job != null && isNamed(job, place.id()))
                .sorted(Comparator.comparing(AzurePlace::isUsual).reversed())
                .toList();
        if (named.isEmpty()) {
            return places.stream()
                    .filter(AzurePlace::isUsual)
                    .findFirst()
                    .map(usual -> examine(context, job, usual))
                    .orElse(List.of());
        }
        List<Diagnosis> all = new ArrayList<>();
        for (AzurePlace place : named) {
            String prefix = place.isUsual() ? "" : place.id() + " ";
            examine(context, job, place).stream()
                    .map(one -> new Diagnosis(prefix + one.name(), one.verdict(), one.found(), one.remedy()))
                    .forEach(all::add);
        }
        return all;
    }

    private static boolean isNamed(FineTuneJob job, ProviderId place) {
        return job.targets().contains(place) || !job.settingsOf(place).isEmpty();
    }

    private static List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job, AzurePlace place) {
        Map<String, String> settings = job == null ? Map.of() : job.settingsOf(place.id());
        List<Diagnosis> wrong = job == null ? List.of() : wrong(place, settings, context);
        if (!wrong.isEmpty()) {
            return wrong;
        }
        AzureConnection connection;
        try {
            connection = AzureConnection.open(settings, context);
        } catch (RuntimeException e) {
            return List.of(notGiven(e, AzureFailure.reason(e)));
        }
        List<Diagnosis> all = new ArrayList<>();
        Diagnosis credentials = credentials(place, connection, settings, context);
        all.add(credentials);
        if (job != null && credentials.verdict() == Diagnosis.Verdict.OK) {
            all.addAll(place.examine(job, connection, context));
        }
        return all;
    }

    /** What the provider itself has against the settings. */
    private static List<Diagnosis> wrong(AzurePlace place, Map<String, String> settings, ProviderContext context) {
        try (Provider provider = place.open(context, settings)) {
            return provider.settingProblems().stream()
                    .filter(Problem::isError)
                    .map(problem -> Diagnosis.of(SETTINGS, problem))
                    .toList();
        }
    }

    private static Diagnosis credentials(
            AzurePlace place, AzureConnection connection, Map<String, String> settings, ProviderContext context) {
        String source = AzureConnection.source(settings, context.environment());
        try {
            var unused = connection
                    .credential()
                    .getTokenSync(
                            new TokenRequestContext().addScopes(place.audience(connection.cloud()) + "/.default"));
            return Diagnosis.ok(
                    CREDENTIALS,
                    source + " gives tokens of " + connection.cloud().name());
        } catch (RuntimeException e) {
            return notGiven(e, source + ": " + AzureFailure.reason(e));
        }
    }

    private static Diagnosis notGiven(RuntimeException failure, String found) {
        return AzureFailure.of(failure) == AzureFailure.CREDENTIALS
                ? Diagnosis.fail(CREDENTIALS, found, "az login")
                : Diagnosis.unknown(CREDENTIALS, found, "try again");
    }
}
