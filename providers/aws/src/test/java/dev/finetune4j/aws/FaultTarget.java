package dev.finetune4j.aws;

import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import java.util.Optional;

/** A place of Amazon's with one job for it, to which something happens. */
public interface FaultTarget extends AutoCloseable {
    /** More than Amazon's client tries at once. */
    int BURST = 5;

    /** Three looks, ten minutes apart, of four tries each. */
    int HALF_AN_HOUR_OF_LOOKS = 12;

    /** The cloud. */
    OfflineAws aws();

    /** The clock by which it lives. */
    VirtualClock clock();

    /** A client with the settings of the job under a fault. */
    Provider open(Fault fault);

    /** A client that reaches the cloud at another address. */
    Provider openBehind(String endpoint);

    /** The same at the next machine that was agreed to; empty where jobs choose no machine. */
    Optional<Provider> openNext();

    /** The job. */
    Submission job();

    /** Name of the operation that launches it. */
    String create();

    /** What that calls the name of the job. */
    String name();

    /** Name of the operation that looks at it. */
    String look();

    /** Why a fault cannot happen here; empty where it can. */
    Optional<String> immunity(Fault fault);

    /** Lets a fault happen that is there before the launch. */
    default void prepare(Fault fault) {
        switch (fault) {
            case THROTTLE_BURST -> aws().faults().throttle(create(), BURST);
            case SERVER_ERROR_BURST -> aws().faults().breakDown(create(), BURST);
            case ACCESS_DENIED -> aws().faults().denyAccess(create(), 1);
            case LOST_ANSWER -> aws().faults().loseAnswer(create(), 1);
            default -> {
                // it happens later, or only at one place
            }
        }
    }

    /** Lets a fault happen while the job trains. */
    default void strike(Fault fault) {
        switch (fault) {
            case EXPIRED_CREDENTIAL -> aws().faults().expireToken(look(), 1);
            case POLL_OUTAGE -> aws().faults().loseRequest(look(), HALF_AN_HOUR_OF_LOOKS);
            default -> {
                // it has happened, or happens only at one place
            }
        }
    }

    /** What a job cost, in the words of what the place bills. */
    String spent(JobSnapshot last);

    @Override
    void close();
}
