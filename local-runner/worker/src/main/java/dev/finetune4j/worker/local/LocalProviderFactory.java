package dev.finetune4j.worker.local;

import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.value.ProviderId;
import java.util.Map;
import java.util.Set;

/** Makes the provider {@code local}. It has no settings and no secrets. */
public final class LocalProviderFactory implements ProviderFactory {
    @Override
    public ProviderId id() {
        return ProviderId.LOCAL;
    }

    @Override
    public Set<String> secretSettings() {
        return Set.of();
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new LocalProvider(context, WorkerLauncher.ofThisRuntime(context));
    }
}
