package dev.finetune4j.aws;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.util.function.Function;

/**
 * A place of Amazon's with one job for it.
 *
 * @param aws the cloud, which is closed with it
 * @param clock the clock by which it lives
 * @param clients opens a client that reaches the cloud at another address
 * @param job the job
 * @param create name of the operation that launches it
 */
public record LaunchTarget(
        OfflineAws aws, VirtualClock clock, Function<String, Provider> clients, Submission job, String create)
        implements AutoCloseable {
    /** A client that reaches the cloud at another address. */
    public Provider openBehind(String endpoint) {
        return clients.apply(endpoint);
    }

    @Override
    public void close() {
        aws.close();
    }
}
