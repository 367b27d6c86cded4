package dev.finetune4j.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MutationTest {
    @Test
    void theUnbrokenJobIsValidAndSaysEverything() {
        assertThatCode(() -> parse(Mutation.VALID)).doesNotThrowAnyException();
        assertThat(Mutation.all()).hasSizeGreaterThanOrEqualTo(200);
    }

    @Test
    void everyMutationIsReportedAtItsLineAndColumn() {
        assertThat(Mutation.all()).allSatisfy(mutation -> {
            List<Problem> problems = catchThrowableOfType(FineTuneException.class, () -> parse(mutation.yaml()))
                    .problems();

            assertThat(problems).as(mutation.toString()).anySatisfy(problem -> {
                assertThat(problem.code()).isEqualTo(mutation.code());
                Location.InFile place = (Location.InFile) problem.place().orElseThrow();
                assertThat(List.of(place.line(), place.column()))
                        .containsExactly((long) mutation.line(), (long) mutation.column());
                assertThat(problem.remedies()).isNotEmpty();
            });
        });
    }

    private static JobFile parse(String yaml) {
        return JobFile.parse(yaml, "job.yaml", Path.of(""), Map.of());
    }
}
