package dev.finetune4j.training.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class LoopProblemsTest {
    @Test
    void isFoundAndSortedAndStaysInItsRange() {
        assertThat(ServiceLoader.load(ProblemCatalogue.class)).hasAtLeastOneElementOfType(LoopProblems.class);
        assertThat(new LoopProblems().kinds())
                .extracting(ProblemKind::code)
                .isSorted()
                .doesNotHaveDuplicates()
                .allSatisfy(code -> assertThat(code).isBetween("FT0621", "FT0649"));
    }
}
