package dev.finetune4j.aws.internal.jobs;

import dev.finetune4j.value.RunId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far somebody has read what the containers of a job's launches printed.
 *
 * @param launch the launch, counted from 1
 * @param parts parts of it that are read: states that were told, or streams that were ended
 * @param millis when the service took the last line that was read of the part that comes next; 0 before the first
 * @param lines how many lines of that very time were read
 * @param steps how many steps the lines told that were read of that part
 */
record LogPosition(int launch, int parts, long millis, int lines, int steps) {
    private static final Pattern CURSOR =
            Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,15})\\.(\\d{1,9})(?:\\.(\\d{1,9}))?");

    /**
     * The position that a cursor tells; an empty one that before everything.
     *
     * @throws dev.finetune4j.error.FineTuneException with FT0849 if it has another form
     */
    static LogPosition of(RunId id, String cursor) {
        if (cursor.isEmpty()) {
            return new LogPosition(1, 0, 0, 0, 0);
        }
        Matcher numbers = CURSOR.matcher(cursor);
        if (!numbers.matches()) {
            throw SageMakerErrors.foreignCursor(id, cursor);
        }
        return new LogPosition(
                Integer.parseInt(numbers.group(1)),
                Integer.parseInt(numbers.group(2)),
                Long.parseLong(numbers.group(3)),
                Integer.parseInt(numbers.group(4)),
                numbers.group(5) == null ? 0 : Integer.parseInt(numbers.group(5)));
    }

    LogPosition nextPart() {
        return new LogPosition(launch, parts + 1, 0, 0, 0);
    }

    LogPosition nextLaunch() {
        return new LogPosition(launch + 1, 0, 0, 0, 0);
    }

    LogPosition after(ContainerLogs.Line line) {
        return new LogPosition(launch, parts, line.millis(), line.millis() == millis ? lines + 1 : 1, steps);
    }

    LogPosition withStep() {
        return new LogPosition(launch, parts, millis, lines, steps + 1);
    }

    String cursor() {
        return launch + "." + parts + "." + millis + "." + lines + "." + steps;
    }
}
