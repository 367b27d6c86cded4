package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.account.AwsPlace;
import dev.finetune4j.aws.account.QuotaExamination;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.List;
import java.util.Map;

/** Makes the provider {@code sagemaker}. */
public final class SageMakerProviderFactory implements AwsPlace {
    @Override
    public ProviderId id() {
        return SageMakerProvider.ID;
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new SageMakerProvider(context, settings);
    }

    @Override
    public String principal() {
        return "sagemaker.amazonaws.com";
    }

    @Override
    public boolean isUsual() {
        return true;
    }

    @Override
    public List<Diagnosis> examine(FineTuneJob job, String region, ProviderContext context) {
        return new QuotaExamination(region, context).ofMachines(id(), job);
    }
}
