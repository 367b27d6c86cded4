package dev.finetune4j.plan;

import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a launch may take at most, as somebody is asked to agree to it.
 *
 * @param option id of the plan's option that is launched
 * @param target the place
 * @param name the machine or the model, as the place calls it
 * @param region the place's name of the region
 * @param time how long it will take
 * @param cost what it will cost, or null where a price is not known
 * @param perHour what an hour of the machine is billed at most, or null where time is not billed
 * @param tokens tokens that may be billed at most, or null where none are
 * @param timeLimit after which running time the place, or where it cannot the watcher, ends the job; null for never
 * @param longestRun how long the place lets a job run at most, which bounds {@code timeLimit}; null where it tells no such bound, where time is
 *     not billed, and in journals of earlier versions
 * @param onlyWatched whether nothing but a watcher ends a job that is billed for time at its limit, so that one that nobody watches is billed
 *     for as long as it runs; false in journals of earlier versions
 * @param worstCost what it costs if it runs to that limit and takes longest to wind down, or if as many tokens are billed as can be;
 *     null where nothing is billed
 * @param costOfTwo what it costs at worst where the answer to the launch is lost, the place makes a second job of it, and nobody follows the
 *     run, which would end that; null where one launch makes one job
 * @param afterwards what the result goes on to cost at the place, asked or not, until it is removed; null where nothing
 * @param settings what the place is told of the machine or the service, by the names of {@link PlaceSettings}; empty where nothing is sold
 * @param setup how the job is set up on the GPUs of the machine, as it was planned; null where none are let, and in journals of earlier
 *     versions
 * @param diskBytes what the disk of the machine must hold at most; null where no machine is let, where nobody counted it, and in journals of
 *     earlier versions
 * @param alternatives where the job goes, in this order, if its machine is not to be had; without alternatives of their own
 */
public record LaunchTerms(
        String option,
        ProviderId target,
        String name,
        String region,
        DurationRange time,
        @Nullable MoneyRange cost,
        @Nullable Money perHour,
        @Nullable BilledTokens tokens,
        @Nullable Duration timeLimit,
        @Nullable Duration longestRun,
        Boolean onlyWatched,
        @Nullable Money worstCost,
        @Nullable Money costOfTwo,
        @Nullable HostingCost afterwards,
        Map<String, String> settings,
        @Nullable TrainerSettings setup,
        @Nullable Long diskBytes,
        List<LaunchTerms> alternatives) {
    /** Copies map and list; journals of earlier versions have neither, and do not tell {@code onlyWatched}. */
    public LaunchTerms {
        onlyWatched = onlyWatched == null ? Boolean.FALSE : onlyWatched;
        settings = settings == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        alternatives = alternatives == null ? List.of() : List.copyOf(alternatives);
    }

    /** The same with places to go to if the machine is not to be had. */
    public LaunchTerms alternatives(List<LaunchTerms> others) {
        return with(timeLimit, worstCost, diskBytes, others);
    }

    /** The same with another limit and what it then costs at most. */
    public LaunchTerms limit(@Nullable Duration limit, @Nullable Money most) {
        return with(limit, most, diskBytes, alternatives);
    }

    /** The same of a job whose machine's disk must hold so much. */
    public LaunchTerms needing(@Nullable Long bytesOfDisk) {
        return with(timeLimit, worstCost, bytesOfDisk, alternatives);
    }

    private LaunchTerms with(
            @Nullable Duration limit, @Nullable Money most, @Nullable Long bytesOfDisk, List<LaunchTerms> others) {
        return new LaunchTerms(
                option,
                target,
                name,
                region,
                time,
                cost,
                perHour,
                tokens,
                limit,
                longestRun,
                onlyWatched,
                most,
                costOfTwo,
                afterwards,
                settings,
                setup,
                bytesOfDisk,
                others);
    }

    /** Whether the job is ended because its place lets none run for longer, at the latest when the budget would end it. */
    public boolean isBoundByPlace() {
        return timeLimit != null && timeLimit.equals(longestRun);
    }

    /** Whether the machine may be taken back. */
    public boolean isSpot() {
        return Boolean.parseBoolean(settings.get(PlaceSettings.SPOT));
    }

    /** What a time costs; empty where time is not billed, so that time tells nothing of what was spent. */
    public Optional<Money> costOf(Duration billed) {
        return Optional.ofNullable(perHour).map(price -> price.forHours(billed));
    }
}
