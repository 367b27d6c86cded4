package dev.finetune4j.offlinecloud.player;

import dev.finetune4j.offlinecloud.TrainingAws;
import dev.finetune4j.spi.CloudPlayer;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plays Amazon's cloud. */
public final class AwsPlayer implements CloudPlayer {
    @Override
    public String vendor() {
        return "aws";
    }

    @Override
    public String about() {
        return "SageMaker, JumpStart, Bedrock, S3, logs, IAM and STS at one address";
    }

    @Override
    public List<String> notes() {
        return List.of(
                "Bedrock is in us-east-1 and us-west-2 besides, where it tunes, and learns by counting, without weights.",
                "A job at SageMaker trains by what python3 on the PATH brings: torch, transformers and PEFT; JumpStart's scripts"
                        + " are played by the worker that trains on this machine.");
    }

    @Override
    public String usualRegion() {
        return TrainingAws.REGION;
    }

    @Override
    public Optional<String> modelUse() {
        return Optional.of(
                "--model has the files of all models of JumpStart's hub; without it the hub can be asked, but no"
                        + " job at JumpStart finds its files.");
    }

    @Override
    public List<Order> orders() {
        return CommonOrders.and(
                new Order("machines", "quota", "machine or name, value"),
                new Order("jobs", "fail-internally", "job, status, seconds, times"),
                new Order("all", "skew-clock", "seconds"),
                new Order("logs", "delay-logs", "seconds"),
                new Order("Bedrock", "bedrock-quota", "value"),
                new Order("Bedrock", "withhold-model", "model"),
                new Order("Bedrock", "grant-model", "model"));
    }

    @Override
    public String exampleOrder() {
        return "{\"do\": \"sell-out\", \"machine\": \"ml.g5.xlarge\"}";
    }

    @Override
    public Optional<String> preparation(ProviderContext context) {
        return Optional.empty();
    }

    @Override
    public PlayedCloud start(ProviderContext context, Path folder, String region, @Nullable Path model)
            throws IOException {
        return new PlayedAws(folder, context.environment(), region, model);
    }
}
