package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadlineTest {
    @Test
    void saysThatTunedWonWithFigures() {
        Headline headline = Headline.of(SampleRun.report());

        assertThat(headline.title()).isEqualTo("Tuned beats the base model");
        assertThat(headline.detail())
                .matches(
                        "macro-F1 0\\.\\d\\d \\[0\\.\\d\\d, 0\\.\\d\\d\\] against 0\\.\\d\\d zero-shot and 0\\.\\d\\d few-shot, "
                                + "on 400 held-out rows\\.");
    }

    @Test
    void saysWhichBaseModelWasNotBeaten() {
        assertThat(Headline.of(SampleRun.report(0.2, 0.75, 0.75)).title())
                .isEqualTo("Tuned beats the base model zero-shot, but not few-shot");
    }

    @Test
    void saysThatTuningDidNotHelpOrDidHarm() {
        assertThat(Headline.of(SampleRun.report(0.5, 0.5, 0.5)).title())
                .isEqualTo("Tuned does not clearly beat the base model");
        assertThat(Headline.of(SampleRun.report(0.7, 0.7, 0.2)).title())
                .isEqualTo("Tuned is worse than the base model");
    }

    @Test
    void saysWhyARunFailed() {
        Headline headline = Headline.of(SampleRun.failed());

        assertThat(headline.title()).isEqualTo("The run failed");
        assertThat(headline.detail())
                .startsWith("FT0601: the worker was killed at step 40")
                .endsWith("40 of 150 steps are done.");
    }
}
