package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.account.AwsPlace;
import dev.finetune4j.aws.account.QuotaExamination;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;

/** Makes the provider {@code bedrock}. */
public final class BedrockProviderFactory implements AwsPlace {
    /** As Service Quotas calls it. */
    static final String SERVICE = "bedrock";

    /** A part of the name of the quota of jobs at once, and of what Bedrock says when it is reached. */
    static final String JOBS = "customization jobs";

    @Override
    public ProviderId id() {
        return BedrockProvider.ID;
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new BedrockProvider(context, settings);
    }

    @Override
    public String principal() {
        return "bedrock.amazonaws.com";
    }

    @Override
    public List<Diagnosis> examine(FineTuneJob job, String region, ProviderContext context) {
        String model = job.settingsOf(id())
                .getOrDefault(PlaceSettings.MODEL, job.model().value());
        return List.of(
                new ModelExamination(region, context).of(model),
                new QuotaExamination(region, context).ofJobs(SERVICE, JOBS));
    }
}
