package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.account.AzurePlace;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;

/** Makes the provider {@code azure-ml}, of command jobs or, on request, of the service's own fine-tuning jobs. */
public final class AzureMlProviderFactory implements AzurePlace {
    @Override
    public ProviderId id() {
        return AzureMlProvider.ID;
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return settings.containsKey(AzureMlSettings.FINE_TUNING)
                ? new AzureMlTuningProvider(context, settings)
                : new AzureMlProvider(context, settings);
    }

    @Override
    public boolean isUsual() {
        return true;
    }

    @Override
    public List<Diagnosis> examine(FineTuneJob job, AzureConnection connection, ProviderContext context) {
        return WorkspaceExamination.of(new AzureMlSettings(job.settingsOf(id()), context.environment()), connection);
    }
}
