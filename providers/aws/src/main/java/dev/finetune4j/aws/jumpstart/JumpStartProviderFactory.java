package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.value.ProviderId;
import java.util.Map;
import java.util.Set;

/** Makes the provider {@code jumpstart}. */
public final class JumpStartProviderFactory implements ProviderFactory {
    @Override
    public ProviderId id() {
        return JumpStartProvider.ID;
    }

    @Override
    public Set<String> secretSettings() {
        return Set.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new JumpStartProvider(context, settings);
    }
}
