package dev.finetune4j.azure.account;

import com.azure.core.credential.TokenRequestContext;
import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.azure.internal.CredentialSource;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.AccountExaminer;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.VendorPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks whether a subscription of Azure's is ready for a job at the places that it names. */
public final class AzureExaminer implements AccountExaminer {
    private static final String CREDENTIALS = "credentials";

    @Override
    public String vendor() {
        return "azure";
    }

    @Override
    public String about() {
        return "credentials, and for a job its workspace, storage, cluster, quotas and what else its places need";
    }

    @Override
    public List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job) {
        return VendorPlace.examine(AzurePlace.class, job, place -> examine(context, job, place));
    }

    private static List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job, AzurePlace place) {
        Map<String, String> settings = job == null ? Map.of() : job.settingsOf(place.id());
        List<Diagnosis> wrong = job == null ? List.of() : place.wrong(settings, context);
        if (!wrong.isEmpty()) {
            return wrong;
        }
        AzureConnection connection;
        try {
            connection = AzureConnection.open(settings, context);
        } catch (RuntimeException e) {
            String list = context.environment().getOrDefault(AzureCloud.METADATA, "");
            return List.of(notGiven(e, AzureFailure.reason(e), list));
        }
        List<Diagnosis> all = new ArrayList<>();
        Diagnosis credentials = credentials(place, connection, settings, context);
        all.add(credentials);
        if (job != null && credentials.verdict() == Diagnosis.Verdict.OK) {
            all.addAll(place.examine(job, connection, context));
        }
        return all;
    }

    private static Diagnosis credentials(
            AzurePlace place, AzureConnection connection, Map<String, String> settings, ProviderContext context) {
        String source = CredentialSource.of(settings, context.environment());
        try {
            var unused = connection
                    .credential()
                    .getTokenSync(
                            new TokenRequestContext().addScopes(place.audience(connection.cloud()) + "/.default"));
            return Diagnosis.ok(
                    CREDENTIALS,
                    source + " gives tokens of " + connection.cloud().name());
        } catch (RuntimeException e) {
            return notGiven(
                    e,
                    source + ": " + AzureFailure.reason(e),
                    connection.cloud().authority().toString());
        }
    }

    /** @param asked who was to answer */
    private static Diagnosis notGiven(RuntimeException failure, String found, String asked) {
        if (AzureFailure.of(failure) == AzureFailure.CREDENTIALS) {
            return Diagnosis.fail(CREDENTIALS, found, AzureFailure.remedy(failure), ExitCode.CREDENTIALS);
        }
        return AzureFailure.unasked(AzureAccountProblems.UNREACHABLE, "Azure", failure)
                .map(Problem.Builder::build)
                .map(problem -> Diagnosis.fail(
                        CREDENTIALS,
                        found,
                        problem.remedies().get(0),
                        problem.kind().exitCode()))
                .orElseGet(() -> Diagnosis.unknown(CREDENTIALS, found, "curl --head " + asked));
    }
}
