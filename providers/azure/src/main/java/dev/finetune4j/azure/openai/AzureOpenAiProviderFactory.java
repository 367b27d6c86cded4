package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.account.AzurePlace;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;

/** Makes the provider {@code azure-openai}. */
public final class AzureOpenAiProviderFactory implements AzurePlace {
    @Override
    public ProviderId id() {
        return AzureOpenAiProvider.ID;
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new AzureOpenAiProvider(context, settings, ArmResources::pause);
    }

    @Override
    public String audience(AzureCloud cloud) {
        return cloud.cognitiveAudience();
    }

    @Override
    public List<Diagnosis> examine(FineTuneJob job, AzureConnection connection, ProviderContext context) {
        AzureOpenAiSettings settings = new AzureOpenAiSettings(job.settingsOf(id()), context.environment());
        return new ResourceExamination(settings.options(job.model().value()), connection).all();
    }
}
