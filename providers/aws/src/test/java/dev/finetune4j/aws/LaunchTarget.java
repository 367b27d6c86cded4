package dev.finetune4j.aws;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;

/** A place of Amazon's with one job for it. */
public interface LaunchTarget extends AutoCloseable {
    /** The cloud. */
    OfflineAws aws();

    /** The clock by which it lives. */
    VirtualClock clock();

    /** A client that reaches the cloud at another address. */
    Provider openBehind(String endpoint);

    /** The job. */
    Submission job();

    /** Name of the operation that launches it. */
    String create();

    @Override
    void close();
}
