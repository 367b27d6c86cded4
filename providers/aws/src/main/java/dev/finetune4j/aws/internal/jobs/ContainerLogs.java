package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.spi.ProviderContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogStream;
import software.amazon.awssdk.services.cloudwatchlogs.model.OrderBy;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** What the containers of training jobs print: each container of a job has a stream of its own. */
public final class ContainerLogs implements AutoCloseable {
    /** The group of all training jobs of an account. */
    public static final String GROUP = "/aws/sagemaker/TrainingJobs";

    private static final int ATTEMPTS = 4;
    private static final Duration LONGEST_CALL = Duration.ofSeconds(60);

    private final CloudWatchLogsClient client;
    private final String region;

    private ContainerLogs(CloudWatchLogsClient client, String region) {
        this.client = client;
        this.region = region;
    }

    /** Logs of a region, with the credentials of the environment, a profile or the machine. Asks nothing yet. */
    public static ContainerLogs open(String region, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "CLOUDWATCH_LOGS", ATTEMPTS, LONGEST_CALL);
        return new ContainerLogs(connection.open(CloudWatchLogsClient.builder(), context), region);
    }

    /**
     * A line of a container.
     *
     * @param millis when the service took it, since 1970
     */
    public record Line(long millis, String text) {}

    /** Names of a job's streams, in the order in which its containers started; none before the first has printed. */
    public List<String> streams(String job) {
        try {
            return client
                    .describeLogStreamsPaginator(request -> request.logGroupName(GROUP)
                            .logStreamNamePrefix(job + "/")
                            .orderBy(OrderBy.LOG_STREAM_NAME))
                    .logStreams()
                    .stream()
                    .map(LogStream::logStreamName)
                    .sorted()
                    .toList();
        } catch (ResourceNotFoundException e) {
            return List.of(); // the group is made with the account's first line
        } catch (SdkException e) {
            throw SageMakerErrors.told(e, job, region);
        }
    }

    /**
     * The lines of a stream after one that is known.
     *
     * @param millis when the service took the known one; 0 for none
     * @param known how many of that moment are known
     * @param most most lines to give
     */
    public List<Line> after(String job, String stream, long millis, int known, int most) {
        List<Line> lines = lines(job, stream, millis, known + most);
        int passed = 0;
        while (passed < known && passed < lines.size() && lines.get(passed).millis() == millis) {
            passed++;
        }
        return lines.subList(passed, lines.size());
    }

    /** A page of lines from a moment on, that moment included; empty at the end. */
    private List<Line> lines(String job, String stream, long fromMillis, int most) {
        try {
            GetLogEventsRequest request = GetLogEventsRequest.builder()
                    .logGroupName(GROUP)
                    .logStreamName(stream)
                    .startTime(fromMillis)
                    .startFromHead(true)
                    .limit(most)
                    .build();
            List<Line> lines = new ArrayList<>();
            String token = "";
            while (lines.size() < most) {
                GetLogEventsResponse page = client.getLogEvents(
                        token.isEmpty()
                                ? request
                                : request.toBuilder().nextToken(token).build());
                for (OutputLogEvent event : page.events()) {
                    lines.add(new Line(event.timestamp(), event.message()));
                }
                if (page.nextForwardToken().equals(token)) {
                    break;
                }
                token = page.nextForwardToken();
            }
            return lines;
        } catch (ResourceNotFoundException e) {
            return List.of();
        } catch (SdkException e) {
            throw SageMakerErrors.told(e, job, region);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
