package dev.finetune4j.aws.account;

import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.VendorPlace;
import java.util.List;
import java.util.Set;

/** One of Amazon's places, with what those who serve all of them must know of it. */
public interface AwsPlace extends VendorPlace {
    @Override
    default Set<String> secretSettings() {
        return Set.of("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
    }

    /** Who acts as the role of its jobs, such as {@code sagemaker.amazonaws.com}. */
    String principal();

    /** Whether it tunes models of a collection of its own by their own names, so that a job's model says nothing of what it can. */
    default boolean hasOwnModels() {
        return false;
    }

    /**
     * Looks whether the account may have what a job trains there, and as much of it at once as the job takes. Settings, credentials, role and
     * bucket are looked at before, and as they must be.
     *
     * @param region where the job runs
     */
    List<Diagnosis> examine(FineTuneJob job, String region, ProviderContext context);
}
