package dev.finetune4j.spi;

import dev.finetune4j.value.ProviderId;
import java.util.Map;
import java.util.Set;

/** Makes the provider of one id; found with ServiceLoader. */
public interface ProviderFactory {
    /** The id that job files name. */
    ProviderId id();

    /** Names of settings and environment variables whose values must never be printed. */
    Set<String> secretSettings();

    /**
     * A provider that the caller closes. Makes no remote call, and takes settings that are wrong or missing: {@link Provider#refusals}
     * tells of them, all at once.
     *
     * @param settings what the job says of the place, such as {@link PlaceSettings#REGION}; every client of a job has the same
     */
    Provider open(ProviderContext context, Map<String, String> settings);
}
