package dev.finetune4j.junit;

/** Where claims about a run begin; imports beside other {@code assertThat}. */
public final class FineTuneAssertions {
    private FineTuneAssertions() {}

    /** Begins claims about a run. */
    public static RunAssert assertThat(FineTunedRun run) {
        return new RunAssert(run);
    }
}
