package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.run.ContainerOrder;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.value.RunId;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;

/** What the containers of a job printed, one after the other over all its launches; lines that are events are left to these. */
final class JobLogs {
    private static final int LINES_PAGE = 1000;

    private final ContainerLogs logs;

    JobLogs(ContainerLogs logs) {
        this.logs = logs;
    }

    /**
     * The lines after a cursor; empty where there is nothing new.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0849 if the cursor is not of this job
     */
    LogPage after(RunId id, List<DescribeTrainingJobResponse> launches, String cursor) {
        LogPosition position = LogPosition.of(id, cursor);
        if (position.launch() < 1 || position.launch() > launches.size()) {
            throw SageMakerErrors.foreignCursor(id, cursor);
        }
        while (true) {
            String job = launches.get(position.launch() - 1).trainingJobName();
            List<String> streams = logs.streams(job);
            if (position.parts() < streams.size()) {
                List<String> texts = new ArrayList<>();
                LogPosition read = read(job, streams.get(position.parts()), position, texts);
                if (!texts.isEmpty()) {
                    return new LogPage(texts, read.cursor());
                }
                if (!read.equals(position)) {
                    position = read; // only events
                    continue;
                }
            }
            if (position.parts() + 1 < streams.size()) {
                position = position.nextPart();
            } else if (position.launch() < launches.size()) {
                position = position.nextLaunch();
            } else {
                return new LogPage(List.of(), position.cursor());
            }
        }
    }

    private LogPosition read(String job, String stream, LogPosition from, List<String> texts) {
        LogPosition position = from;
        for (ContainerLogs.Line line : logs.after(job, stream, from.millis(), from.lines(), LINES_PAGE)) {
            position = position.after(line);
            if (!line.text().startsWith(ContainerOrder.EVENT_MARK)) {
                texts.add(line.text());
            }
        }
        return position;
    }
}
