package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.account.AwsPlace;
import dev.finetune4j.aws.account.QuotaExamination;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.spi.Diagnosis;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.ProviderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes the provider {@code jumpstart}. */
public final class JumpStartProviderFactory implements AwsPlace {
    @Override
    public ProviderId id() {
        return JumpStartProvider.ID;
    }

    @Override
    public Provider open(ProviderContext context, Map<String, String> settings) {
        return new JumpStartProvider(context, settings);
    }

    @Override
    public String principal() {
        return "sagemaker.amazonaws.com";
    }

    @Override
    public boolean hasOwnModels() {
        return true;
    }

    @Override
    public List<Diagnosis> examine(FineTuneJob job, String region, ProviderContext context) {
        List<Diagnosis> all = new ArrayList<>(new HubExamination(region, context).of(job));
        all.addAll(new QuotaExamination(region, context).ofMachines(id(), job));
        return all;
    }
}
