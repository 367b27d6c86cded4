package dev.finetune4j.aws.sagemaker;

import dev.finetune4j.aws.Fault;
import dev.finetune4j.aws.FaultTarget;
import dev.finetune4j.json.Durations;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** SageMaker with a job of an hour on one machine, and a next best one. */
public final class SageMakerFaults implements FaultTarget {
    private static final String MACHINE = "ml.g5.xlarge";
    private static final String NEXT = "ml.g5.2xlarge";
    private final OfflinePlace place;
    private final Submission job;

    /** The service, with its files in a folder. */
    public SageMakerFaults(Path home) throws IOException {
        place = new OfflinePlace(home);
        job = place.job("ordeal", 1).timeLimit(Duration.ofHours(3)).build();
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
        return switch (fault) {
            case STOCK_OUT_LATER, SPOT_RECLAIM -> place.openOnSpot();
            case BAD_SPEC -> place.openWith(PlaceSettings.MACHINE, "ml.none.xlarge");
            default -> place.open();
        };
    }

    @Override
    public Provider openBehind(String endpoint) {
        return place.openBehind(endpoint);
    }

    @Override
    public Optional<Provider> openNext() {
        return Optional.of(place.openWith(PlaceSettings.MACHINE, NEXT));
    }

    @Override
    public Submission job() {
        return job;
    }

    @Override
    public String create() {
        return "CreateTrainingJob";
    }

    @Override
    public String name() {
        return "TrainingJobName";
    }

    @Override
    public String look() {
        return "DescribeTrainingJob";
    }

    @Override
    public Optional<String> immunity(Fault fault) {
        return fault == Fault.USER_EXIT_LISTED
                ? Optional.of(
                        "no code of the worker's asks for another try; it goes on from checkpoints by `finetune resume`")
                : Optional.empty();
    }

    @Override
    public void prepare(Fault fault) {
        switch (fault) {
            case STOCK_OUT_AT_CREATE -> place.aws.sageMaker().sellOut(MACHINE);
            case QUOTA -> place.aws.sageMaker().quota(MACHINE, 0);
            case USER_EXIT -> place.worker.failNext(1, "the loss is not a number");
            default -> FaultTarget.super.prepare(fault);
        }
    }

    @Override
    public void strike(Fault fault) {
        switch (fault) {
            case STOCK_OUT_LATER -> {
                place.aws.sageMaker().sellOut(MACHINE);
                place.aws.sageMaker().reclaim(job.id().value());
            }
            case SPOT_RECLAIM -> place.aws.sageMaker().reclaim(job.id().value());
            case DELETED_BY_HAND -> place.remove(job.id().value());
            default -> FaultTarget.super.strike(fault);
        }
    }

    @Override
    public String spent(JobSnapshot last) {
        return last.billedTime().isZero() ? "nothing" : Durations.format(last.billedTime()) + " of the machine";
    }

    @Override
    public void close() {
        place.close();
    }
}
