package dev.finetune4j.aws.bedrock;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;
import software.amazon.awssdk.services.bedrock.model.StatusDetails;

/**
 * What happened to a job, told from what the service says of it now. The service keeps the begin of each part and its end, so that what was
 * told once is told again, whoever asks and however late.
 */
final class JobHistory {
    private static final Pattern CURSOR = Pattern.compile("event-(\\d{1,9})");

    private JobHistory() {}

    /**
     * The events after a cursor.
     *
     * @param figures of the steps, asked for once the job has succeeded
     * @throws FineTuneException with FT0904 if the cursor is not of this job
     */
    static EventPage after(
            RunId id,
            GetModelCustomizationJobResponse job,
            JobSnapshot snapshot,
            Supplier<List<RunEvent>> figures,
            String cursor) {
        List<RunEvent> all = begun(job);
        Instant end = snapshot.endedAt();
        if (end != null) {
            if (snapshot.state() == RunState.SUCCEEDED) {
                all.addAll(figures.get());
                KeptModel.notice(job, end).ifPresent(all::add);
            }
            all.add(new RunEvent.StateChanged(end, snapshot.state(), reason(snapshot)));
        }
        int from = position(id, cursor, all.size());
        return new EventPage(all.subList(from, all.size()), "event-" + all.size());
    }

    private static List<RunEvent> begun(GetModelCustomizationJobResponse job) {
        List<RunEvent> events = new ArrayList<>();
        events.add(new RunEvent.StateChanged(job.creationTime(), RunState.STARTING, "Bedrock took the job"));
        StatusDetails details = job.statusDetails();
        if (details == null) {
            return events;
        }
        if (details.validationDetails() != null) {
            add(events, details.validationDetails().creationTime(), RunState.DOWNLOADING, "Bedrock reads the rows");
        }
        if (details.trainingDetails() != null) {
            add(events, details.trainingDetails().creationTime(), RunState.TRAINING, "Bedrock tunes the model");
        }
        return events;
    }

    private static void add(List<RunEvent> events, @Nullable Instant since, RunState state, String message) {
        if (since != null) {
            events.add(new RunEvent.StateChanged(since, state, message));
        }
    }

    private static String reason(JobSnapshot snapshot) {
        return snapshot.failure().map(problem -> problem.summary()).orElse("");
    }

    private static int position(RunId id, String cursor, int size) {
        if (cursor.equals(EventPage.START)) {
            return 0;
        }
        Matcher number = CURSOR.matcher(cursor);
        if (number.matches() && Integer.parseInt(number.group(1)) <= size) {
            return Integer.parseInt(number.group(1));
        }
        throw BedrockErrors.foreignCursor(id, cursor);
    }
}
