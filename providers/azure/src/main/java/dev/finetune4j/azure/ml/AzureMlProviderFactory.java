package dev.finetune4j.azure.ml;

import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.value.ProviderId;
import java.util.Map;
import java.util.Set;

/** Makes the provider {@code azure-ml}. */
public final class AzureMlProviderFactory implements ProviderFactory {
    @Override
    public ProviderId id() {
        return AzureMlProvider.ID;
    }

    @Override
    public Set<String> secretSettings() {
        return Set.of("AZURE_CLIENT_SECRET");
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new AzureMlProvider(context, settings);
    }
}
