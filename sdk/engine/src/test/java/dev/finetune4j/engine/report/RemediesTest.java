package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.place.PlaceProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.value.RunId;
import org.junit.jupiter.api.Test;

class RemediesTest {
    private static final RunId ID = RunId.parse("tickets-0123abcd-1");

    @Test
    void nameWhatTheyAreToldOf() {
        assertThat(Remedies.named("finetune launch JOB --again", "jobs/my job's.yaml", null))
                .isEqualTo("finetune launch 'jobs/my job'\\''s.yaml' --again");
        assertThat(Remedies.named("attach again later: finetune watch RUN", null, ID))
                .isEqualTo("attach again later: finetune watch tickets-0123abcd-1");
        assertThat(Remedies.named("finetune launch JOB", "RUN/job.yaml", ID)).isEqualTo("finetune launch RUN/job.yaml");
        assertThat(Remedies.named(PlaceProblems.GONE.error("gone").build(), "job.yaml", ID)
                        .remedies())
                .containsExactly("start another attempt: finetune launch job.yaml --again");
    }

    @Test
    void leaveWhatIsNotKnownAndWhatIsNoCommandOfOurs() {
        assertThat(Remedies.named("finetune launch JOB --again", null, ID)).isEqualTo("finetune launch JOB --again");
        assertThat(Remedies.named("finetune run JOB", Location.JOB, null)).isEqualTo("finetune run JOB");
        assertThat(Remedies.named("export JOB=$RUN", "job.yaml", ID)).isEqualTo("export JOB=$RUN");
        assertThat(Remedies.named("FINETUNE_JOBS=3 finetune ps", "job.yaml", ID))
                .isEqualTo("FINETUNE_JOBS=3 finetune ps");
    }
}
