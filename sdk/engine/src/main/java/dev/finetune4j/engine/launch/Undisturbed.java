package dev.finetune4j.engine.launch;

import dev.finetune4j.run.WaitingShare;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which runs tell how long work takes: those beside which no other program computed. */
public final class Undisturbed {
    private Undisturbed() {}

    /**
     * Those that nobody is known to have disturbed; all where there is none such, since they tell more than nothing.
     *
     * @param waitingShare of each, as {@link WaitingShare} has it
     */
    public static <T> List<T> of(List<T> runs, Function<T, @Nullable Double> waitingShare) {
        List<T> undisturbed = runs.stream()
                .filter(run -> !WaitingShare.isDisturbed(waitingShare.apply(run)))
                .toList();
        return undisturbed.isEmpty() ? runs : undisturbed;
    }
}
