package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.value.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.sagemaker.model.DescribeTrainingJobResponse;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatus;
import software.amazon.awssdk.services.sagemaker.model.SecondaryStatusTransition;

/**
 * One ordered stream of events from two sources: the states that the service tells, and what the worker prints into the logs of its
 * containers, which arrive later. Whoever reads, and whenever, sees the same order: each state that a container trains in is followed by
 * all that this container tells, and only then by the next state.
 */
final class JobEvents {
    /** Lines of a container that has ended may still be on their way for so long. */
    private static final Duration LOG_DELAY = Duration.ofSeconds(10);

    private static final int LINES_PAGE = 1000;
    private static final Pattern STREAM_SECOND = Pattern.compile(".*-(\\d{9,11})");

    private final ContainerLogs logs;
    private final LineReader lines;
    private final Clock clock;

    JobEvents(ContainerLogs logs, LineReader lines, Clock clock) {
        this.logs = logs;
        this.lines = lines;
        this.clock = clock;
    }

    /**
     * The events after a cursor; empty where there is nothing new.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0849 if the cursor is not of this job
     */
    EventPage after(RunId id, List<DescribeTrainingJobResponse> launches, String cursor) {
        LogPosition position = LogPosition.of(id, cursor);
        if (position.launch() < 1
                || position.launch() > launches.size()
                || position.parts() > states(launches, position).size()) {
            throw SageMakerErrors.foreignCursor(id, cursor);
        }
        List<RunEvent> events = new ArrayList<>();
        while (events.isEmpty()) {
            Optional<LogPosition> next = step(launches, position, events);
            if (next.isEmpty()) {
                break;
            }
            position = next.get();
        }
        return new EventPage(events, position.cursor(), events.isEmpty() && awaitsLog(launches, position));
    }

    /** Whether the next state is known, and is held back for lines of the container that may come before it. */
    private boolean awaitsLog(List<DescribeTrainingJobResponse> launches, LogPosition position) {
        List<SecondaryStatusTransition> states = states(launches, position);
        return position.parts() > 0
                && position.parts() < states.size()
                && states.get(position.parts() - 1).status() == SecondaryStatus.TRAINING
                && !isSettled(states.get(position.parts()));
    }

    /** Goes on by a piece, which may hold no event; empty where there is nothing to go on to. */
    private Optional<LogPosition> step(
            List<DescribeTrainingJobResponse> launches, LogPosition position, List<RunEvent> events) {
        List<SecondaryStatusTransition> states = states(launches, position);
        boolean isTold = position.parts() == states.size();
        if (position.parts() > 0 && states.get(position.parts() - 1).status() == SecondaryStatus.TRAINING) {
            LogPosition further = readLog(launches.get(position.launch() - 1), states, position, events);
            if (!further.equals(position)) {
                return Optional.of(further);
            }
            if (awaitsLog(launches, position)) {
                return Optional.empty();
            }
        }
        if (!isTold) {
            SecondaryStatusTransition change = states.get(position.parts());
            RunState state = SageMakerStatusMapper.state(change.status());
            if (state != stateBefore(launches, position)) {
                events.add(new RunEvent.StateChanged(
                        change.startTime(), state, change.statusMessage() == null ? "" : change.statusMessage()));
            }
            return Optional.of(position.nextPart());
        }
        return position.launch() < launches.size() ? Optional.of(position.nextLaunch()) : Optional.empty();
    }

    private static List<SecondaryStatusTransition> states(
            List<DescribeTrainingJobResponse> launches, LogPosition position) {
        return launches.get(position.launch() - 1).secondaryStatusTransitions();
    }

    private static @org.jspecify.annotations.Nullable RunState stateBefore(
            List<DescribeTrainingJobResponse> launches, LogPosition position) {
        List<SecondaryStatusTransition> states = states(launches, position);
        return position.parts() == 0
                ? null
                : SageMakerStatusMapper.state(states.get(position.parts() - 1).status());
    }

    private boolean isSettled(SecondaryStatusTransition afterTraining) {
        return clock.instant().isAfter(afterTraining.startTime().plus(LOG_DELAY));
    }

    private LogPosition readLog(
            DescribeTrainingJobResponse job,
            List<SecondaryStatusTransition> states,
            LogPosition from,
            List<RunEvent> events) {
        Optional<String> stream = streamOf(job.trainingJobName(), states, from.parts() - 1);
        if (stream.isEmpty()) {
            return from;
        }
        LogPosition position = from;
        for (ContainerLogs.Line line :
                logs.after(job.trainingJobName(), stream.get(), from.millis(), from.lines(), LINES_PAGE)) {
            position = position.after(line);
            Optional<RunEvent> event = lines.event(line.text(), Instant.ofEpochMilli(line.millis()), position.steps());
            event.ifPresent(events::add);
            if (event.orElse(null) instanceof RunEvent.StepCompleted) {
                position = position.withStep();
            }
        }
        return position;
    }

    /**
     * The stream of the container that trains in a state. Names of streams end with the second in which they began, and a container begins
     * after the one before it has ended; one that printed nothing has none.
     */
    private Optional<String> streamOf(String job, List<SecondaryStatusTransition> states, int trainsIn) {
        List<Integer> trainings = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i).status() == SecondaryStatus.TRAINING) {
                trainings.add(i);
            }
        }
        int next = 0;
        for (String stream : logs.streams(job)) {
            int container = Math.max(next, firstNotEndedAt(beginOf(stream), states, trainings));
            if (container < trainings.size() && trainings.get(container) == trainsIn) {
                return Optional.of(stream);
            }
            next = container + 1;
        }
        return Optional.empty();
    }

    private static int firstNotEndedAt(
            Instant moment, List<SecondaryStatusTransition> states, List<Integer> trainings) {
        for (int i = 0; i < trainings.size(); i++) {
            Instant end = states.get(trainings.get(i)).endTime();
            if (end == null || end.isAfter(moment)) {
                return i;
            }
        }
        return trainings.size();
    }

    private static Instant beginOf(String stream) {
        Matcher second = STREAM_SECOND.matcher(stream);
        return second.matches() ? Instant.ofEpochSecond(Long.parseLong(second.group(1))) : Instant.EPOCH;
    }
}
