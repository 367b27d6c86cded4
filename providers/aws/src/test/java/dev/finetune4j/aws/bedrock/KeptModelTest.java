package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.run.RunEvent;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.bedrock.model.GetModelCustomizationJobResponse;

class KeptModelTest {
    private static final Instant END = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void isToldOfInANoticeOnTheComparison() {
        GetModelCustomizationJobResponse job = GetModelCustomizationJobResponse.builder()
                .jobName("tickets-1")
                .outputModelArn("arn:aws:bedrock:us-east-1:111122223333:custom-model/a/b")
                .build();

        assertThat(KeptModel.notice(job, END).orElseThrow()).isInstanceOfSatisfying(RunEvent.Noticed.class, notice -> {
            assertThat(notice.problem().kind()).isEqualTo(BedrockProblems.NOT_COMPARED);
            assertThat(notice.subject()).isEqualTo(RunEvent.Noticed.Subject.COMPARISON);
        });
    }

    @Test
    void isNotThereWhereAJobMadeNone() {
        assertThat(KeptModel.notice(
                        GetModelCustomizationJobResponse.builder()
                                .jobName("tickets-1")
                                .build(),
                        END))
                .isEmpty();
    }
}
