package dev.finetune4j.engine.search;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How long trials took, by their epochs, and so how long others will take. */
public final class TrialTimes {
    private final List<Taken> taken = new ArrayList<>();
    private Duration cutShort = Duration.ZERO;

    private record Taken(double epochs, double seconds) {}

    /** Adds a trial that has ended. */
    public void add(double epochs, Duration time) {
        taken.add(new Taken(epochs, time.toMillis() / 1000.0));
    }

    /** Adds a trial that failed before its last epoch, which tells nothing of what others will take. */
    public void addCutShort(Duration time) {
        cutShort = cutShort.plus(time);
    }

    /** All of them together. */
    public Duration total() {
        return seconds(taken.stream().mapToDouble(Taken::seconds).sum()).plus(cutShort);
    }

    /**
     * What a trial will take: the most that one of as many epochs took; else that of the nearest number of epochs, in proportion where
     * it had fewer, and as much where it had more. Each trial also answers rows, which takes the same for few epochs as for many, so that
     * this is rather too much.
     *
     * @return empty before the first trial has trained to its end
     */
    public Optional<Duration> foresee(double epochs) {
        return taken.stream()
                .min(Comparator.comparingDouble((Taken one) -> Math.abs(Math.log(one.epochs() / epochs)))
                        .thenComparing(
                                Comparator.comparingDouble(Taken::seconds).reversed()))
                .map(one -> seconds(one.seconds() * Math.max(1, epochs / one.epochs())));
    }

    private static Duration seconds(double value) {
        return Duration.ofMillis(Math.round(value * 1000));
    }
}
