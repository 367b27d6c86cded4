package dev.finetune4j.azure.account;

import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.VendorPlace;
import java.util.List;
import java.util.Set;

/** One of Microsoft's places, with what those who serve all of them must know of it. */
public interface AzurePlace extends VendorPlace {
    @Override
    default Set<String> secretSettings() {
        return Set.of("AZURE_CLIENT_SECRET");
    }

    /** Whom tokens for it are for, without a slash at the end. */
    default String audience(AzureCloud cloud) {
        return cloud.audience();
    }

    /** Looks whether the subscription is ready for a job there. Settings and credentials are looked at before, and as they must be. */
    List<Diagnosis> examine(FineTuneJob job, AzureConnection connection, ProviderContext context);
}
