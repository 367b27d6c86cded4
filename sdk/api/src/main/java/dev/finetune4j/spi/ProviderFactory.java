package dev.finetune4j.spi;

import dev.finetune4j.value.ProviderId;
import java.util.Set;

/** Makes the provider of one id; found with ServiceLoader. */
public interface ProviderFactory {
    /** The id that job files name. */
    ProviderId id();

    /** Names of settings and environment variables whose values must never be printed. */
    Set<String> secretSettings();

    /** A provider that the caller closes. Makes no remote call. */
    Provider open(ProviderContext context);
}
