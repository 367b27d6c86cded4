package dev.finetune4j.azure.openai;

import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.value.ProviderId;
import java.util.Map;
import java.util.Set;

/** Makes the provider {@code azure-openai}. */
public final class AzureOpenAiProviderFactory implements ProviderFactory {
    @Override
    public ProviderId id() {
        return AzureOpenAiProvider.ID;
    }

    @Override
    public Set<String> secretSettings() {
        return Set.of("AZURE_CLIENT_SECRET");
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new AzureOpenAiProvider(context, settings, ArmResources::pause);
    }
}
