package dev.finetune4j.junit;

import static dev.finetune4j.junit.FineTuneAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.evaluation.Prediction;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.value.Money;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Test classes as teams write them; executed by the tests of the extension, not by the build. */
final class TeamTests {
    private static final String JOB = "tickets/job.yaml";

    private TeamTests() {}

    @FineTune(JOB)
    static class GoodModel {
        @Test
        void isGood(FineTunedRun run) {
            assertThat(run)
                    .hasNoDataProblems()
                    .tookAtMost(Duration.ofMinutes(10))
                    .costAtMost(Money.parse("0 EUR"))
                    .isPlannedToCostAtMost(Money.parse("0 USD"), "local")
                    .isPlannedToCostAtMost(Money.parse("5 USD"), "sagemaker")
                    .isPlannedToTakeAtMost(Duration.ofHours(3), "sagemaker")
                    .passesItsGate()
                    .beatsBase()
                    .reaches(MetricName.ACCURACY, 0.6)
                    .reachesBeyondDoubt(MetricName.MACRO_F1, 0.5);
        }

        @Test
        void leavesItsFiles(FineTunedRun run) {
            assertTrue(Files.exists(run.tunedFiles().resolve("adapter_model.safetensors")));
            assertTrue(Files.exists(run.reports().get(0)));
        }

        @Test
        void knowsInvoices(TunedModel tuned, BaseModel base) {
            List<Map<String, String>> rows = List.of(
                    Map.of("text", "please my invoice is wrong again", "team", "billing"),
                    Map.of("text", "the login error was new today", "team", "technical"));

            List<Prediction> answers = tuned.predict(rows);

            assertEquals(
                    Set.of("billing", "technical"),
                    answers.get(0).scoreByLabel().keySet());
            assertEquals("technical", answers.get(1).reference());
            assertEquals("billing", answers.get(0).answer());
            assertTrue(answers.get(0).negativeLogLikelihood()
                    < base.predict(rows).get(0).negativeLogLikelihood());
        }

        @Test
        void writes(TunedModel tuned, BaseModel base) {
            assertNotEquals(base.generate("which team invoice"), tuned.generate("which team invoice"));
        }

        @Nested
        class Inside {
            @Test
            void sees(FineTunedRun run) {
                assertThat(run).reaches(MetricName.ACCURACY, 0.5);
            }
        }
    }

    @FineTune(JOB)
    static class GoodBeforeAll {
        @BeforeAll
        static void isGood(FineTunedRun run) {
            assertThat(run).reaches(MetricName.ACCURACY, 0.5);
        }

        @Test
        void comesAfterwards() {}
    }

    @FineTune(JOB)
    static class GuardedModel {
        @Test
        void isNoWorse(FineTunedRun run) {
            assertThat(run).isNoWorseThanBaseline(Margin.of(0.02).andRows(1));
        }

        @Test
        void isNoWorseBeyondChance(FineTunedRun run) {
            assertThat(run).isNoWorseThanBaseline();
        }
    }

    @FineTune(JOB)
    static class RowWithoutItsColumn {
        @Test
        void isAsked(TunedModel tuned) {
            tuned.predict(Map.of("body", "please my invoice is wrong again", "team", "billing"));
        }
    }

    static class TooMuchAsked {
        @Test
        @FineTune(JOB)
        void ofTheMetric(FineTunedRun run) {
            assertThat(run).reaches(MetricName.ACCURACY, 0.999);
        }

        @Test
        void ofTheTime(@FineTune(JOB) FineTunedRun run) {
            assertThat(run).tookAtMost(Duration.ofMillis(1));
        }

        @Test
        void ofThePrice(@FineTune(JOB) FineTunedRun run) {
            assertThat(run).isPlannedToCostAtMost(Money.parse("0.001 USD"), "sagemaker");
        }
    }

    @FineTune(JOB)
    static class PlannedBadly {
        @Test
        void inAnotherCurrency(FineTunedRun run) {
            assertThat(run).isPlannedToCostAtMost(Money.parse("5 EUR"), "sagemaker");
        }

        @Test
        void ofAnotherModel(FineTunedRun run) {
            assertThat(run).isPlannedToCostAtMost(Money.parse("5 USD"), "bedrock");
        }
    }

    @FineTune(JOB)
    static class AbsentPlace {
        @Test
        void isCheap(FineTunedRun run) {
            assertThat(run).isPlannedToCostAtMost(Money.parse("5 USD"), "azure-ml");
        }
    }

    @FineTune(JOB)
    static class MetricOfAnotherTask {
        @Test
        void isReached(FineTunedRun run) {
            assertThat(run).reaches(MetricName.BLEU, 0.5);
        }

        @Test
        void isReachedBeyondDoubt(FineTunedRun run) {
            assertThat(run).reachesBeyondDoubt(MetricName.BLEU, 0.5);
        }

        @Test
        void beatsBase(FineTunedRun run) {
            assertThat(run).beatsBase(MetricName.BLEU);
        }
    }

    @FineTune("tickets/bad.yaml")
    static class BadData {
        @Test
        void cannotBeRun(FineTunedRun run) {
            throw new AssertionError("reached with " + run);
        }

        @Test
        void cannotBeAsked(TunedModel tuned) {
            throw new AssertionError("reached with " + tuned);
        }
    }

    @FineTune(JOB)
    static class CleanData {
        @Test
        void isClean(FineTunedRun run) {
            assertThat(run).hasNoDataProblems();
        }

        @Test
        void isCleanButForRepetitions(FineTunedRun run) {
            assertThat(run).hasNoDataProblemsBut("FT0310", "FT0312", "FT0310");
        }
    }

    @FineTune("tickets/dropout.yaml")
    static class ModelWithNotes {
        @Test
        void hasCleanData(FineTunedRun run) {
            assertThat(run).hasNoDataProblems();
        }
    }

    static class NoJob {
        @Test
        @FineTune("tickets/none.yaml")
        void isThere(FineTunedRun run) {
            throw new AssertionError("reached with " + run);
        }
    }
}
