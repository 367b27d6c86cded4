package dev.finetune4j.testkit.contract;

import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.util.List;
import java.util.Optional;

/** The provider under test and the jobs to try it with. */
public interface ProviderSubject extends AutoCloseable {
    /** A new client of the same place, as another process would open it. The topic closes it. */
    Provider open();

    /**
     * The smallest job that trains and succeeds. The same {@code key} gives an equal submission each time, another key another
     * id and digest.
     */
    Submission small(String key);

    /** A job that goes on long enough to be stopped; otherwise as {@link #small}. */
    Submission lasting(String key);

    /** A job that the place would take. */
    Proposal acceptable();

    /** A job that differs from {@link #acceptable} in what the place would refuse for certain, with a setting to blame. */
    Proposal unacceptable();

    /** Codes of what the place tells of every job, as warnings, the good ones too; none by default. */
    default List<String> alwaysTold() {
        return List.of();
    }

    /** A client of the same place with a setting that is wrong whatever the job; empty where the place takes no setting. */
    Optional<Provider> misconfigured();

    /** The same job as {@code submission} but for its digest. */
    default Submission withOtherDigest(Submission submission) {
        return new Submission(
                submission.id(),
                submission.model(),
                new WorkOrder("0123456789abcdef", submission.order().steps()),
                submission.channels(),
                submission.labels(),
                submission.timeLimit(),
                submission.diskBytes(),
                submission.after());
    }

    /** Lets some time pass: a moment, or on a virtual clock some minutes. Called between two looks at a job. */
    void pass();

    /** Most calls of {@link #pass} that any job of this subject needs to come to its end. */
    int patience();

    /** Secrets that were planted in the provider's environment, none of which may come out again. */
    List<String> secrets();

    @Override
    void close();
}
