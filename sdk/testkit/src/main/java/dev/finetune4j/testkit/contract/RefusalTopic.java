package dev.finetune4j.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A place says before a launch what it would refuse, so that nobody waits for it. */
abstract class RefusalTopic extends ContractTopic {
    RefusalTopic(Supplier<ProviderSubject> subjects) {
        super(subjects);
    }

    @Test
    void hasNothingAgainstAJobThatItWouldTake() {
        List<Problem> told = provider().refusals(subject().acceptable());

        assertThat(told).noneMatch(Problem::isError);
        assertThat(told).extracting(Problem::code).isEqualTo(subject().alwaysTold());
    }

    @Test
    void namesTheSettingOfAJobThatItWouldRefuse() {
        List<Problem> refusals = provider().refusals(subject().unacceptable());

        assertThat(refusals).anyMatch(Problem::isError);
        assertThat(refusals)
                .anySatisfy(problem -> assertThat(problem.place())
                        .hasValueSatisfying(place -> assertThat(place)
                                .isInstanceOfSatisfying(
                                        Location.InFile.class,
                                        file -> assertThat(file.key()).isNotNull())));
    }

    @Test
    void explainsARefusalWithoutASecret() {
        for (Problem problem : provider().refusals(subject().unacceptable())) {
            assertThat(problem.summary()).isNotBlank().doesNotContain("Exception");
            assertThat(problem.remedies()).isNotEmpty();
            assertNoSecretIn("a refusal", problem.toString());
        }
    }

    @Test
    void hasNothingAgainstSettingsThatItWouldTake() {
        List<Problem> told = provider().settingProblems();

        assertThat(told).noneMatch(Problem::isError);
        assertThat(told).extracting(Problem::code).isEqualTo(subject().alwaysTold());
    }

    @Test
    void namesASettingThatIsWrongWhateverTheJob() {
        subject().misconfigured().ifPresent(wrong -> {
            try (wrong) {
                List<Problem> problems = wrong.settingProblems();

                assertThat(problems).anyMatch(Problem::isError).allSatisfy(problem -> {
                    assertThat(problem.place())
                            .hasValueSatisfying(place -> assertThat(place).isInstanceOf(Location.InFile.class));
                    assertThat(problem.remedies()).isNotEmpty();
                    assertNoSecretIn("a setting's problem", problem.toString());
                });
                assertThat(wrong.settingProblems()).isEqualTo(problems);
            }
        });
    }

    @Test
    void saysTheSameWhenItIsAskedAgain() {
        assertThat(provider().refusals(subject().unacceptable()))
                .isEqualTo(provider().refusals(subject().unacceptable()));
    }
}
