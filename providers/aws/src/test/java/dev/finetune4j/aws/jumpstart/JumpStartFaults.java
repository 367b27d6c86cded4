package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.Fault;
import dev.finetune4j.aws.FaultTarget;
import dev.finetune4j.json.Durations;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.offlinecloud.container.Container;
import dev.finetune4j.offlinecloud.container.PlannedContainer;
import dev.finetune4j.offlinecloud.sagemaker.Pace;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JumpStart with a job of an hour on one machine, and a next best one. */
public final class JumpStartFaults implements FaultTarget {
    private static final String MACHINE = "ml.g5.xlarge";
    private static final String NEXT = "ml.g5.2xlarge";

    private final VirtualClock clock = new VirtualClock();
    private final OfflineHubPlace place;
    private final Submission job;
    private volatile @Nullable Container failing;

    /** The service, with its files in a folder. */
    public JumpStartFaults(Path home) throws IOException {
        place = new OfflineHubPlace(home, clock, Pace.LIFELIKE, (store, hub) -> (request, at, ranBefore, log) -> {
            Container failure = failing;
            return (failure == null ? new ScriptedScript(store, home) : failure).start(request, at, ranBefore, log);
        });
        job = place.job("ordeal", 1).build();
    }

    @Override
    public OfflineAws aws() {
        return place.aws;
    }

    @Override
    public VirtualClock clock() {
        return clock;
    }

    @Override
    public Provider open(Fault fault) {
        return fault == Fault.BAD_SPEC ? place.openWith(Map.of(PlaceSettings.MACHINE, "ml.none.xlarge")) : place.open();
    }

    @Override
    public Provider openBehind(String endpoint) {
        return place.openBehind(endpoint);
    }

    @Override
    public Optional<Provider> openNext() {
        return Optional.of(place.openWith(Map.of(PlaceSettings.MACHINE, NEXT)));
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
        return switch (fault) {
            case STOCK_OUT_LATER, SPOT_RECLAIM ->
                Optional.of("scripts of the hub keep no checkpoints, so that spot is refused");
            case USER_EXIT_LISTED -> Optional.of("no code of a script asks for another try");
            default -> Optional.empty();
        };
    }

    @Override
    public void prepare(Fault fault) {
        switch (fault) {
            case STOCK_OUT_AT_CREATE -> place.aws.sageMaker().sellOut(MACHINE);
            case QUOTA -> place.aws.sageMaker().quota(MACHINE, 0);
            case USER_EXIT ->
                failing = PlannedContainer.failingAfter(Duration.ofMinutes(30), 1, "the loss is not a number");
            default -> FaultTarget.super.prepare(fault);
        }
    }

    @Override
    public void strike(Fault fault) {
        if (fault == Fault.DELETED_BY_HAND) {
            place.remove(job.id().value(), clock);
        } else {
            FaultTarget.super.strike(fault);
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
