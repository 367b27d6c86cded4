package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.account.AzurePlace;
import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.Pause;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Makes the provider {@code azure-openai}. */
public final class AzureOpenAiProviderFactory implements AzurePlace {
    private final Consumer<Duration> pause;

    /** Its provider waits for real. */
    public AzureOpenAiProviderFactory() {
        this(Pause::of);
    }

    /** @param pause waits for what the service takes a while to do; may be by a virtual clock */
    public AzureOpenAiProviderFactory(Consumer<Duration> pause) {
        this.pause = pause;
    }

    @Override
    public ProviderId id() {
        return AzureOpenAiProvider.ID;
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new AzureOpenAiProvider(context, settings, pause);
    }

    @Override
    public String audience(AzureCloud cloud) {
        return cloud.cognitiveAudience();
    }

    @Override
    public List<Diagnosis> examine(FineTuneJob job, AzureConnection connection, ProviderContext context) {
        AzureOpenAiSettings settings = new AzureOpenAiSettings(job.settingsOf(id()), context.environment());
        return new ResourceExamination(settings.options(job.model().value()), connection, context.clock()).all();
    }
}
