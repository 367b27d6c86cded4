package dev.finetune4j.spi;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a provider may use of its surroundings, passed in so that tests can give others.
 *
 * @param home finetune4j's folder on this machine, {@code ~/.finetune4j} unless {@code FINETUNE_HOME} says otherwise
 * @param environment environment variables
 * @param clock the clock
 */
public record ProviderContext(Path home, Map<String, String> environment, Clock clock) {
    /** Copies the environment. */
    public ProviderContext {
        environment = Map.copyOf(environment);
    }

    /** Names no value, since environments hold secrets. */
    @Override
    public String toString() {
        return "ProviderContext[home=" + home + "]";
    }
}
