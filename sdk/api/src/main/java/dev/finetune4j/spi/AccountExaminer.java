package dev.finetune4j.spi;

import dev.finetune4j.job.FineTuneJob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks whether an account of one vendor is ready for jobs; found with ServiceLoader. Changes nothing. */
public interface AccountExaminer {
    /** What people call the vendor: lower-case letters and hyphens, different from every other examiner's. */
    String vendor();

    /** What it looks at, for people who look for a vendor: a phrase such as "credentials, and a job's role and bucket". */
    String about();

    /**
     * Every diagnosis, what matters most first. What cannot be looked at is {@link Diagnosis.Verdict#UNKNOWN}, and no exception.
     *
     * @param job whose settings of the vendor's places are looked at, or null for what is the same for all jobs
     */
    List<Diagnosis> examine(ProviderContext context, @Nullable FineTuneJob job);
}
