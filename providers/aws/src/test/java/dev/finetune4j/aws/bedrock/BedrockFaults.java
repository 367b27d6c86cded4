package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.Fault;
import dev.finetune4j.aws.FaultTarget;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Bedrock with a job of some rows. */
public final class BedrockFaults implements FaultTarget {
    private final TuningPlace place;
    private final Submission job;

    /** The service, with its files in a folder. */
    public BedrockFaults(Path home) throws IOException {
        place = new TuningPlace(home, TuningPlace.SETTINGS);
        job = place.job("ordeal");
    }

    @Override
    public OfflineAws aws() {
        return place.aws;
    }

    @Override
    public VirtualClock clock() {
        return place.clock;
    }

    @Override
    public Provider open(Fault fault) {
        Map<String, String> settings = new HashMap<>(TuningPlace.SETTINGS);
        if (fault == Fault.BAD_SPEC) {
            settings.put("model", "amazon.none-v1:0:128k");
        }
        return place.openWith(settings);
    }

    @Override
    public Provider openBehind(String endpoint) {
        return place.openBehind(endpoint);
    }

    @Override
    public Optional<Provider> openNext() {
        return Optional.empty();
    }

    @Override
    public Submission job() {
        return job;
    }

    @Override
    public String create() {
        return "CreateModelCustomizationJob";
    }

    @Override
    public String name() {
        return "jobName";
    }

    @Override
    public String look() {
        return "GetModelCustomizationJob";
    }

    @Override
    public Optional<String> immunity(Fault fault) {
        return switch (fault) {
            case STOCK_OUT_AT_CREATE, STOCK_OUT_LATER, SPOT_RECLAIM -> Optional.of("it sells tokens, and no machine");
            case USER_EXIT, USER_EXIT_LISTED -> Optional.of("no code of ours runs there");
            case DELETED_BY_HAND -> Optional.of("the service keeps the record of a job for ever");
            default -> Optional.empty();
        };
    }

    @Override
    public void prepare(Fault fault) {
        if (fault == Fault.QUOTA) {
            place.aws.bedrock().quota(0);
        } else {
            FaultTarget.super.prepare(fault);
        }
    }

    /** Tokens that were trained are billed. */
    @Override
    public String spent(JobSnapshot last) {
        return last.state() == RunState.SUCCEEDED ? "the tokens of its rows" : "nothing";
    }

    @Override
    public void close() {
        place.close();
    }
}
