package dev.finetune4j.offlinecloud.logs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Lines that were printed, by group and stream. Groups and streams come with their first line, and a line shows only some time after it was
 * printed. Safe for use by several threads.
 */
public final class LogBook {
    private final Clock clock;
    private final Map<String, Map<String, List<Line>>> streamsByGroup = new TreeMap<>();
    private Duration delay = Duration.ZERO;

    /** An empty book. */
    public LogBook(Clock clock) {
        this.clock = clock;
    }

    /**
     * A line.
     *
     * @param at when it was printed
     * @param text without a line break, never empty
     */
    public record Line(Instant at, String text) {}

    /** From now on lines show so long after they were printed, those that are there too; at once unless said. */
    public synchronized void delay(Duration time) {
        delay = time;
    }

    /** Adds a line; an empty one says nothing and is left out, as the service does. */
    public synchronized void add(String group, String stream, String text) {
        if (!text.isEmpty()) {
            streamsByGroup
                    .computeIfAbsent(group, name -> new TreeMap<>())
                    .computeIfAbsent(stream, name -> new ArrayList<>())
                    .add(new Line(clock.instant(), text));
        }
    }

    /** Whether a stream has lines, whether they show or not. */
    public synchronized boolean has(String group, String stream) {
        return streamsByGroup.getOrDefault(group, new TreeMap<>()).containsKey(stream);
    }

    /** Names of the groups that show, in order. */
    public synchronized List<String> groups() {
        return streamsByGroup.keySet().stream()
                .filter(group -> streams(group).isPresent())
                .toList();
    }

    /** Lines of the streams of a group that show, by the stream's name and in its order; empty where the group does not show. */
    public synchronized Optional<Map<String, List<Line>>> streams(String group) {
        Instant until = clock.instant().minus(delay);
        Map<String, List<Line>> visible = new TreeMap<>();
        streamsByGroup.getOrDefault(group, new TreeMap<>()).forEach((name, lines) -> {
            List<Line> old =
                    lines.stream().filter(line -> !line.at().isAfter(until)).toList();
            if (!old.isEmpty()) {
                visible.put(name, old);
            }
        });
        return visible.isEmpty() ? Optional.empty() : Optional.of(visible);
    }
}
