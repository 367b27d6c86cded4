package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsCreateOnce;
import dev.finetune4j.aws.internal.RoleLook;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.BooleanOperator;
import software.amazon.awssdk.services.sagemaker.model.CreateTrainingJobRequest;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.Filter;
import software.amazon.awssdk.services.sagemaker.model.Operator;
import software.amazon.awssdk.services.sagemaker.model.ResourceInUseException;
import software.amazon.awssdk.services.sagemaker.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sagemaker.model.ResourceType;
import software.amazon.awssdk.services.sagemaker.model.SearchExpression;
import software.amazon.awssdk.services.sagemaker.model.SearchRecord;
import software.amazon.awssdk.services.sagemaker.model.SearchSortOrder;
import software.amazon.awssdk.services.sagemaker.model.Tag;
import software.amazon.awssdk.services.sagemaker.model.TrainingJob;
import software.amazon.awssdk.services.sagemaker.model.TrainingJobStatus;
import software.amazon.awssdk.services.sagemaker.model.WarmPoolResourceStatus;

/**
 * SageMaker's training jobs, of which there is one for a name at most. Every failure is a {@link FineTuneException} that says whether the
 * same call may succeed later. Safe for use by several threads.
 */
public final class TrainingJobs implements AutoCloseable {
    /** Tries of one call by Amazon's client, but of a create, of which {@link AwsCreateOnce} sees each. */
    public static final int ATTEMPTS = 4;

    /** Holds the digest of an order where the container takes no setting that it does not know. */
    public static final String DIGEST_VARIABLE = "FINETUNE4J_DIGEST";

    /** The tag that holds the digest of a job's order. */
    public static final String DIGEST_TAG = "finetune4j-digest";

    private static final int SEARCH_PAGE = 100; // the most that the service takes

    /** Who acts as a job's role. */
    private static final String SERVICE = "sagemaker.amazonaws.com";

    private static final Duration LONGEST_CALL = Duration.ofSeconds(60);

    private final SageMakerClient client;
    private final String region;
    private final ProviderContext context;

    private TrainingJobs(SageMakerClient client, String region, ProviderContext context) {
        this.client = client;
        this.region = region;
        this.context = context;
    }

    /** Jobs of a region, with the credentials of the environment, a profile or the machine. Asks nothing yet. */
    public static TrainingJobs open(String region, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "SAGEMAKER", ATTEMPTS, LONGEST_CALL);
        return new TrainingJobs(connection.open(SageMakerClient.builder(), context), region, context);
    }

    /**
     * Launches a job unless it is there, in whatever state; see {@link AwsCreateOnce}.
     *
     * @return the job as it is now
     * @throws FineTuneException with FT0844 if the name belongs to another job, or with why the service does not take it
     */
    public DescribeTrainingJobResponse submit(CreateTrainingJobRequest request) {
        return new Launch(request).make();
    }

    private final class Launch extends AwsCreateOnce<DescribeTrainingJobResponse> {
        private final CreateTrainingJobRequest request;

        Launch(CreateTrainingJobRequest request) {
            this.request = request;
        }

        @Override
        protected Optional<DescribeTrainingJobResponse> find() {
            return TrainingJobs.this.find(request.trainingJobName());
        }

        @Override
        protected void create(AwsRequestOverrideConfiguration oneTry) {
            client.createTrainingJob(
                    request.toBuilder().overrideConfiguration(oneTry).build());
        }

        @Override
        protected boolean isTaken(SdkException failure) {
            return failure instanceof ResourceInUseException;
        }

        @Override
        protected FineTuneException told(SdkException failure) {
            if (!SageMakerErrors.isOfRole(failure)) {
                return SageMakerErrors.notLaunched(failure, request, region);
            }
            RoleLook role = RoleLook.at(request.roleArn(), SERVICE, region, context);
            return SageMakerErrors.roleUnusable(
                    failure, request.trainingJobName(), role, context.clock().instant());
        }

        @Override
        protected FineTuneException hidden() {
            return SageMakerErrors.hidden(request.trainingJobName());
        }

        @Override
        protected DescribeTrainingJobResponse own(DescribeTrainingJobResponse found) {
            return refuseOther(found, digest(request.hyperParameters(), request.environment()));
        }
    }

    /** A job by its name; empty only where the service answered that there is none. */
    public Optional<DescribeTrainingJobResponse> find(String name) {
        try {
            return Optional.of(client.describeTrainingJob(request -> request.trainingJobName(name)));
        } catch (ResourceNotFoundException e) {
            return Optional.empty();
        } catch (SdkException e) {
            if (isAbsent(e)) {
                return Optional.empty();
            }
            throw told(e, name);
        }
    }

    /**
     * Tells a job to stop; one that has ended is left alone.
     *
     * @throws FineTuneException with FT0848 if there is no such job
     */
    public void stop(String name) {
        try {
            client.stopTrainingJob(request -> request.trainingJobName(name));
        } catch (SdkException e) {
            DescribeTrainingJobResponse job = find(name).orElseThrow(() -> SageMakerErrors.absent(name, region));
            if (!hasEnded(job)) {
                throw told(e, name);
            }
        }
    }

    /**
     * Removes the record of a job that has ended; without effect where there is none.
     *
     * @throws FineTuneException if it has not ended, or its machine is still kept
     */
    public void delete(String name) {
        try {
            client.deleteTrainingJob(request -> request.trainingJobName(name));
        } catch (SdkException e) {
            Optional<DescribeTrainingJobResponse> job = find(name);
            if (e instanceof ResourceInUseException
                    && job.filter(TrainingJobs::hasEnded).isPresent()) {
                throw SageMakerErrors.keptMachine(name);
            }
            if (job.isPresent()) {
                throw told(e, name);
            }
        }
    }

    /** Gives the machine of a job back that is kept, and paid for, after it; without effect where none is. */
    public void giveMachineBack(DescribeTrainingJobResponse job) {
        if (!keepsMachine(job)) {
            return;
        }
        try {
            client.updateTrainingJob(request -> request.trainingJobName(job.trainingJobName())
                    .resourceConfig(resources -> resources.keepAlivePeriodInSeconds(0)));
        } catch (SdkException e) {
            if (find(job.trainingJobName()).filter(TrainingJobs::keepsMachine).isPresent()) {
                throw told(e, job.trainingJobName());
            } // another job has it now, or its time is over
        }
    }

    /** Whether the machine of a job that has ended waits for another job; its record cannot be removed then. */
    private static boolean keepsMachine(DescribeTrainingJobResponse job) {
        return job.warmPoolStatus() != null && job.warmPoolStatus().status() == WarmPoolResourceStatus.AVAILABLE;
    }

    /**
     * The jobs of finetune4j that have not ended, by their tags, whoever launched them; the first launched comes first. It takes one call for
     * a hundred of them, and may miss one that was launched seconds ago.
     */
    public List<TrainingJob> unfinished() {
        try {
            return client
                    .searchPaginator(request -> request.resource(ResourceType.TRAINING_JOB)
                            .sortBy("CreationTime")
                            .sortOrder(SearchSortOrder.ASCENDING)
                            .maxResults(SEARCH_PAGE)
                            .searchExpression(ofUnfinished()))
                    .results()
                    .stream()
                    .map(SearchRecord::trainingJob)
                    .toList();
        } catch (SdkException e) {
            throw SageMakerErrors.told(
                    e, "jobs of finetune4j", region, "aws sagemaker list-training-jobs --region " + region);
        }
    }

    private static SearchExpression ofUnfinished() {
        Filter hasNotEnded = Filter.builder()
                .name("TrainingJobStatus")
                .operator(Operator.IN)
                .value(TrainingJobStatus.IN_PROGRESS + "," + TrainingJobStatus.STOPPING)
                .build();
        SearchExpression isOurs = SearchExpression.builder()
                .operator(BooleanOperator.OR)
                .filters(isThere("Tags." + Submission.RUN_LABEL), isThere("Tags." + DIGEST_TAG))
                .build();
        return SearchExpression.builder()
                .operator(BooleanOperator.AND)
                .filters(hasNotEnded)
                .subExpressions(isOurs)
                .build();
    }

    private static Filter isThere(String property) {
        return Filter.builder().name(property).operator(Operator.EXISTS).build();
    }

    /** The run that a job is of: as its tag says, or its name. */
    static RunId run(TrainingJob job) {
        RunId named = Launches.run(job.trainingJobName());
        return job.tags().stream()
                .filter(tag -> tag.key().equals(Submission.RUN_LABEL))
                .map(Tag::value)
                .filter(named.value()::equalsIgnoreCase)
                .findFirst()
                .map(RunId::new)
                .orElse(named);
    }

    /** Whether a job runs finetune4j's worker, and not a script of the hub. */
    public static boolean hasWorker(TrainingJob job) {
        return job.hyperParameters().containsKey(ContainerOrder.DIGEST_SETTING);
    }

    /** Tags of a job. */
    public List<Tag> tags(DescribeTrainingJobResponse job) {
        try {
            return client.listTagsPaginator(request -> request.resourceArn(job.trainingJobArn())).tags().stream()
                    .toList();
        } catch (SdkException e) {
            throw told(e, job.trainingJobName());
        }
    }

    public static boolean hasEnded(DescribeTrainingJobResponse job) {
        TrainingJobStatus status = job.trainingJobStatus();
        return status == TrainingJobStatus.COMPLETED
                || status == TrainingJobStatus.FAILED
                || status == TrainingJobStatus.STOPPED;
    }

    /**
     * The job, if it is of an order.
     *
     * @throws FineTuneException with FT0844 if it is of another
     */
    public static DescribeTrainingJobResponse refuseOther(DescribeTrainingJobResponse job, String digest) {
        String found = digest(job);
        if (!found.equals(digest)) {
            throw SageMakerErrors.taken(job.trainingJobName(), job.trainingJobArn(), found, digest);
        }
        return job;
    }

    /** The digest of a job's order; empty where the job is none of ours. */
    static String digest(DescribeTrainingJobResponse job) {
        return digest(job.hyperParameters(), job.environment());
    }

    private static String digest(Map<String, String> settings, Map<String, String> environment) {
        return settings.getOrDefault(ContainerOrder.DIGEST_SETTING, environment.getOrDefault(DIGEST_VARIABLE, ""));
    }

    /** The service says so by an error of its own for everything that is not valid. */
    private static boolean isAbsent(SdkException failure) {
        return AwsConnection.code(failure).equals("ValidationException")
                && AwsConnection.reason(failure).contains("Requested resource not found");
    }

    private FineTuneException told(SdkException failure, String name) {
        return SageMakerErrors.told(failure, name, region);
    }

    @Override
    public void close() {
        client.close();
    }
}
