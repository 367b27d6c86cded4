package dev.finetune4j.worker.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class WorkerProblemsTest {
    @Test
    void isFoundAndSortedAndNoCodeIsTakenTwice() {
        assertThat(ServiceLoader.load(ProblemCatalogue.class)).hasAtLeastOneElementOfType(WorkerProblems.class);
        assertThat(new WorkerProblems().kinds()).extracting(ProblemKind::code).isSorted();
        assertThat(ServiceLoader.load(ProblemCatalogue.class).stream()
                        .flatMap(provider -> provider.get().kinds().stream())
                        .map(ProblemKind::code))
                .doesNotHaveDuplicates();
    }
}
