package dev.finetune4j.azure.ml;

import dev.finetune4j.azure.ml.AzureMlStatusMapper.Launch;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.WorkerLines;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.LogPage;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What a job tells, in one order for whoever reads and whenever: of each launch that it was taken, that it began, the lines of its log, and how
 * it ended. States in between, which the service tells only while they last, are in {@link dev.finetune4j.spi.Provider#find} alone, but for one
 * that somebody should know of.
 */
final class JobReading {
    private static final Pattern CURSOR = Pattern.compile("(\\d{1,6})\\.(\\d)\\.(\\d{1,15})(?:\\.(\\d{1,10}))?(\\.w)?");
    private static final int TAKEN = 1;
    private static final int BEGUN = 2;
    private static final int ENDED = 3;

    /** So many bytes before the place that somebody has read to tell whether the log is still the same; its lines hold times. */
    private static final int REMEMBERED = 256;

    private static final long UNKNOWN = -1;

    private final CommandJobs jobs;

    JobReading(CommandJobs jobs) {
        this.jobs = jobs;
    }

    /**
     * How far somebody has read.
     *
     * @param launch the launch, as {@link LaunchWalk#number} counts it
     * @param part the last of it that was told: 0 for nothing
     * @param bytes of its log that are read
     * @param mark of the last of these, up to {@link #REMEMBERED}; {@link #UNKNOWN} in cursors of earlier versions
     * @param isWarned whether it was told that the launch does not answer
     */
    private record Position(int launch, int part, long bytes, long mark, boolean isWarned) {
        static Position of(RunId id, List<Launch> launches, String cursor) {
            if (cursor.isEmpty()) {
                return first(LaunchWalk.number(id, launches.get(0)));
            }
            Matcher numbers = CURSOR.matcher(cursor);
            if (!numbers.matches()) {
                throw AzureMlErrors.foreignCursor(id, cursor);
            }
            Position position = new Position(
                    Integer.parseInt(numbers.group(1)),
                    Integer.parseInt(numbers.group(2)),
                    Long.parseLong(numbers.group(3)),
                    numbers.group(4) == null ? UNKNOWN : Long.parseLong(numbers.group(4)),
                    numbers.group(5) != null);
            if (position.launch < 1 || position.part > ENDED) {
                throw AzureMlErrors.foreignCursor(id, cursor);
            }
            int there = from(id, launches, position.launch).orElseThrow(() -> AzureMlErrors.foreignCursor(id, cursor));
            return there == position.launch ? position : first(there); // somebody removed its record
        }

        /** The number of the first launch that is counted so, or higher. */
        private static Optional<Integer> from(RunId id, List<Launch> launches, int number) {
            return launches.stream()
                    .map(launch -> LaunchWalk.number(id, launch))
                    .filter(one -> one >= number)
                    .findFirst();
        }

        Launch of(RunId id, List<Launch> launches) {
            return launches.stream()
                    .filter(one -> LaunchWalk.number(id, one) == launch)
                    .findFirst()
                    .orElseThrow();
        }

        /** The beginning of the next launch; empty where this is the last. */
        Optional<Position> nextLaunch(RunId id, List<Launch> launches) {
            return from(id, launches, launch + 1).map(Position::first);
        }

        private static Position first(int launch) {
            return new Position(launch, 0, 0, mark(new byte[0], 0), false);
        }

        /** Of what stands before a place. */
        private static long mark(byte[] content, int end) {
            int from = Math.max(0, end - REMEMBERED);
            CRC32 sum = new CRC32();
            sum.update(content, from, end - from);
            return sum.getValue();
        }

        Position told(int next) {
            return new Position(launch, next, bytes, mark, isWarned);
        }

        /** How many bytes before the place are looked at again. */
        int overlap() {
            return (int) Math.min(bytes, REMEMBERED);
        }

        /** Whether what stands there now, from the overlap on, is what was read. */
        boolean isIn(byte[] content) {
            return content.length >= overlap() && (mark == UNKNOWN || mark == mark(content, overlap()));
        }

        /** @param content from the overlap on, of which is read up to an end */
        Position read(byte[] content, int end) {
            return new Position(launch, part, bytes - overlap() + end, mark(content, end), isWarned);
        }

        Position anew() {
            return new Position(launch, part, 0, first(launch).mark(), isWarned);
        }

        Position warned() {
            return new Position(launch, part, bytes, mark, true);
        }

        String cursor() {
            return launch + "." + part + "." + bytes + (mark == UNKNOWN ? "" : "." + mark) + (isWarned ? ".w" : "");
        }
    }

    /** Whole lines of a log, and where they end. */
    private record Lines(List<String> texts, Position next) {}

    /**
     * The events after a cursor; empty where there is nothing new. That a launch does not answer is told once, to whoever reads meanwhile.
     *
     * @param now when that is seen, which the service does not tell
     * @param lastWord why nothing was compared, told before a launch's end; empty where a worker answered the held-out rows
     */
    EventPage events(
            RunId id, List<Launch> launches, String cursor, Instant now, Function<Launch, Optional<Problem>> lastWord) {
        Position position = Position.of(id, launches, cursor);
        while (true) {
            Launch launch = position.of(id, launches);
            if (launch.job().hasEnded() && launch.details() == null) {
                return new EventPage(List.of(), position.cursor(), true); // its log and its times are not told yet
            }
            if (position.part() < TAKEN) {
                return page(
                        new RunEvent.StateChanged(launch.job().createdAt(), RunState.QUEUED, ""), position.told(TAKEN));
            }
            if (position.part() < BEGUN && launch.begunAt().isPresent()) {
                return page(
                        new RunEvent.StateChanged(launch.begunAt().get(), RunState.TRAINING, ""), position.told(BEGUN));
            }
            if (position.part() == BEGUN && !position.isWarned() && launch.isSilent()) {
                return page(
                        new RunEvent.Noticed(
                                now, AzureMlErrors.silent(id, launch.job().name())),
                        position.warned());
            }
            if (position.part() == BEGUN) {
                Lines lines = lines(launch, position);
                List<RunEvent> events = lines.texts().stream()
                        .map(WorkerLines::event)
                        .flatMap(Optional::stream)
                        .toList();
                if (!events.isEmpty()) {
                    return new EventPage(events, lines.next().cursor());
                }
                if (!lines.next().equals(position)) {
                    position = lines.next(); // only what libraries say
                    continue;
                }
            }
            if (position.part() < ENDED && launch.job().hasEnded()) {
                List<RunEvent> end = new ArrayList<>();
                lastWord.apply(launch)
                        .map(word -> new RunEvent.Noticed(launch.endedAt(), word, RunEvent.Noticed.Subject.COMPARISON))
                        .ifPresent(end::add);
                end.add(new RunEvent.StateChanged(launch.endedAt(), AzureMlStatusMapper.state(launch), ""));
                return new EventPage(end, position.told(ENDED).cursor());
            }
            Optional<Position> next = position.nextLaunch(id, launches);
            if (position.part() < ENDED || next.isEmpty()) {
                return new EventPage(List.of(), position.cursor());
            }
            position = next.get();
        }
    }

    private static EventPage page(RunEvent event, Position next) {
        return new EventPage(List.of(event), next.cursor());
    }

    /** What the processes printed besides events, after a cursor; empty where there is nothing new. */
    LogPage logs(RunId id, List<Launch> launches, String cursor) {
        Position position = Position.of(id, launches, cursor);
        while (true) {
            Launch launch = position.of(id, launches);
            Lines lines = lines(launch, position);
            List<String> texts = new ArrayList<>(lines.texts());
            texts.removeIf(WorkerLines::isEvent);
            if (!texts.isEmpty()) {
                return new LogPage(texts, lines.next().cursor());
            }
            Optional<Position> next = position.nextLaunch(id, launches);
            if (!lines.next().equals(position)) {
                position = lines.next();
            } else if (launch.job().hasEnded() && next.isPresent()) {
                position = next.get();
            } else {
                return new LogPage(List.of(), position.cursor());
            }
        }
    }

    /** A line that is not ended yet is left for the next look; a job ends once its log is whole ({@code Finalizing}), and nothing more comes. */
    private Lines lines(Launch launch, Position from) {
        Optional<String> address = Optional.ofNullable(launch.details()).flatMap(RunDetails::log);
        if (address.isEmpty()) {
            return new Lines(List.of(), from);
        }
        int overlap = from.overlap();
        RunHistory.LogPart part = jobs.log(launch.job().name(), address.get(), from.bytes() - overlap);
        if (!part.isReadable()) {
            return new Lines(List.of(), from);
        }
        byte[] content = part.bytes();
        if (!from.isIn(content)) {
            return lines(launch, from.anew()); // the job began anew on another machine, and so did its log
        }
        int end = content.length;
        if (!launch.job().hasEnded()) {
            while (end > overlap && content[end - 1] != '\n') {
                end--;
            }
        }
        List<String> texts = new String(content, overlap, end - overlap, StandardCharsets.UTF_8)
                .lines()
                .toList();
        return new Lines(texts, end == overlap ? from : from.read(content, end));
    }
}
