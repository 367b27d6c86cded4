package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;

/**
 * The training jobs of one job, first to last: SageMaker runs no name twice, so that each resume has a name of its own, which is told from
 * the one before. There is a next one only where the last one stopped or failed.
 */
public final class Launches {
    private static final Pattern RESUMED = Pattern.compile("-r\\d{1,4}$");

    private final TrainingJobs jobs;

    public Launches(TrainingJobs jobs) {
        this.jobs = jobs;
    }

    /** SageMaker's name of a launch, counted from 1: the same each time it is asked for, so that no two jobs come of one launch. */
    public static String name(RunId id, int launch) {
        return launch == 1 ? id.value() : id.value() + "-r" + launch;
    }

    /** The run of a launch with a name of ours. */
    static RunId run(String name) {
        return new RunId(RESUMED.matcher(name).replaceFirst(""));
    }

    /** All launches so far; empty where the service answered that there is none. */
    public List<DescribeTrainingJobResponse> of(RunId id) {
        List<DescribeTrainingJobResponse> launches = new ArrayList<>();
        Optional<DescribeTrainingJobResponse> next = jobs.find(name(id, 1));
        while (next.isPresent()) {
            launches.add(next.get());
            next = mayHaveNext(next.get()) ? jobs.find(name(id, launches.size() + 1)) : Optional.empty();
        }
        return launches;
    }

    private static boolean mayHaveNext(DescribeTrainingJobResponse job) {
        return TrainingJobs.hasEnded(job) && job.trainingJobStatus() != TrainingJobStatus.COMPLETED;
    }
}
