package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.EventPage;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A job is launched at most once under its name, whoever asks and however often. */
abstract class SubmitTopic extends ContractTopic {
    private static final int CLIENTS = 4;

    SubmitTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void answersWithTheJobThatWasSubmitted() {
        Submission small = subject().small("answers");

        JobSnapshot snapshot = provider().submit(small);

        assertThat(snapshot.id()).isEqualTo(small.id());
        assertThat(snapshot.digest()).isEqualTo(small.order().digest());
        assertThat(snapshot.reference()).isNotBlank();
        assertThat(describe(small.id()).submittedAt()).isEqualTo(snapshot.submittedAt());
    }

    @Test
    void launchesOnceHoweverOftenItIsAsked() {
        Submission small = subject().small("once");
        JobSnapshot first = provider().submit(small);

        for (int i = 0; i < 3; i++) {
            subject().pass();
            assertThat(provider().submit(small).submittedAt()).isEqualTo(first.submittedAt());
        }

        awaitEnd(small.id());
        assertThat(trainingStarts(small)).isLessThanOrEqualTo(1);
    }

    @Test
    void launchesOnceWhenClientsRace() throws Exception {
        Submission small = subject().small("race");
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
        List<Future<JobSnapshot>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                answers.add(pool.submit(() -> {
                    try (Provider another = subject().open()) {
                        return another.submit(small);
                    }
                }));
            }
            for (Future<JobSnapshot> answer : answers) {
                assertThat(answer.get().submittedAt())
                        .isEqualTo(answers.get(0).get().submittedAt());
            }
        } finally {
            pool.shutdown();
        }

        awaitEnd(small.id());
        assertThat(trainingStarts(small)).isLessThanOrEqualTo(1);
    }

    @Test
    void answersWithTheEndedJobInsteadOfLaunchingItAgain() {
        Submission small = subject().small("ended");
        JobSnapshot ended = runToEnd(small);

        JobSnapshot again = provider().submit(small);

        assertThat(again).isEqualTo(ended);
    }

    @Test
    void refusesAnotherJobOfTheSameName() {
        Submission small = subject().small("taken");
        JobSnapshot first = provider().submit(small);

        assertRefused("another digest", () -> provider().submit(subject().withOtherDigest(small)));

        assertThat(describe(small.id()).digest()).isEqualTo(first.digest());
    }

    @Test
    void keepsJobsApart() {
        Submission one = subject().small("one");
        Submission other = subject().small("other");

        provider().submit(one);
        provider().submit(other);

        assertThat(awaitEnd(one.id()).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(awaitEnd(other.id()).state()).isEqualTo(RunState.SUCCEEDED);
    }

    private long trainingStarts(Submission submission) {
        return eventsFrom(provider(), submission.id(), EventPage.START).stream()
                .filter(RunEvent.TrainingStarted.class::isInstance)
                .count();
    }
}
