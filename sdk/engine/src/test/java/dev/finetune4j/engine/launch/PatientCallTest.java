package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.engine.journal.RunProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a place asks for is kept to, what we guess is not waited for long. */
class PatientCallTest {
    @Test
    void guessesNoLongPause() {
        Duration usual = Duration.ofSeconds(2);

        assertThat(PatientCall.pause(failure(Retry.NEVER), usual)).isEqualTo(usual);
        assertThat(PatientCall.pause(failure(Retry.after(Duration.ofSeconds(1))), usual))
                .isEqualTo(usual);
        assertThat(PatientCall.pause(failure(Retry.after(Duration.ofSeconds(9))), usual))
                .isEqualTo(Duration.ofSeconds(9));
        assertThat(PatientCall.pause(failure(Retry.after(Duration.ofMinutes(5))), usual))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(PatientCall.pause(
                        failure(Retry.after(Duration.ofSeconds(3)), Retry.after(Duration.ofSeconds(7))), usual))
                .as("the longer of two")
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(PatientCall.pause(failure(Retry.NEVER), Duration.ofSeconds(16)))
                .isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void keepsToWhatThePlaceItselfAskedFor() {
        Duration usual = Duration.ofSeconds(2);

        assertThat(PatientCall.pause(failure(Retry.asked(Duration.ofSeconds(90))), usual))
                .isEqualTo(Duration.ofSeconds(90));
        assertThat(PatientCall.pause(failure(Retry.asked(Duration.ofSeconds(1))), usual))
                .as("not less than is usual")
                .isEqualTo(usual);
        assertThat(PatientCall.pause(
                        failure(Retry.after(Duration.ofMinutes(5)), Retry.asked(Duration.ofSeconds(20))), usual))
                .isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void comesAgainForMinutesWhereLittleIsAskedEachTimeAndTellsNobodyOfIt() {
        List<Duration> pauses = new ArrayList<>();
        List<Problem> told = new ArrayList<>();

        assertThatThrownBy(() -> new PatientCall(pauses::add, told::add).make(() -> {
                    throw failure(Retry.asked(Duration.ofSeconds(3)));
                }))
                .isInstanceOf(FineTuneException.class);

        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(told).isEmpty();
    }

    private static FineTuneException failure(Retry... retries) {
        List<Problem> problems = new ArrayList<>();
        for (Retry retry : retries) {
            problems.add(RunProblems.UNREADABLE.error("a test").retry(retry).build());
        }
        return new FineTuneException(problems, null);
    }
}
