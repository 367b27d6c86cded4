package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.plan.ByteRange;
import dev.finetune4j.plan.DurationRange;
import dev.finetune4j.plan.Foreseen;
import dev.finetune4j.plan.MoneyRange;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import dev.finetune4j.value.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimates that runs put to the test outlive the runs, and say how good they were. */
class EstimateHistoryTest {
    @TempDir
    private Path home;

    private EstimateHistory history;

    @BeforeEach
    void open() {
        history = new EstimateHistory(home);
    }

    @Test
    void keepsEachRunOnceInOrder() {
        history.add(estimate("a-1", 100));
        history.add(estimate("b-1", 110));
        history.add(estimate("a-1", 100));

        assertThat(history.read()).extracting(one -> one.run().value()).containsExactly("a-1", "b-1");
        assertThat(history.read().get(1)).isEqualTo(estimate("b-1", 110));
    }

    @Test
    void aHalfLineLosesItselfAndNoOther() throws Exception {
        history.add(estimate("a-1", 100));
        Files.writeString(home.resolve("estimates.jsonl"), "{\"run\":\"b-", StandardOpenOption.APPEND);
        history.add(estimate("c-1", 120));

        assertThat(history.read()).extracting(one -> one.run().value()).containsExactly("a-1", "c-1");
    }

    @Test
    void hostileLinesCorrectNothing() throws Exception {
        Files.write(
                home.resolve("estimates.jsonl"),
                List.of(
                        "",
                        "null",
                        "[]",
                        "{}",
                        "{\"run\":\"a-1\",\"figures\":{\"foreseen\":{\"timeFactor\":0}}}",
                        "\u0000"));

        assertThat(history.read()).isEmpty();
        assertThat(history.unread()).hasValueSatisfying(problem -> {
            assertThat(problem.causes()).containsExactly("lines 2, 3, 4, 5, 6");
            assertThat(problem.remedies())
                    .containsExactly(
                            "sed -i '6d' " + home.resolve("estimates.jsonl") + "    # removes what is no JSON");
        });
    }

    @Test
    void whatAnotherVersionWroteIsNotProposedForRemoval() throws Exception {
        Path file = Files.writeString(home.resolve("estimates.jsonl"), "{\"version\":2}\n{\"version\":2}\n");

        assertThat(history.unread())
                .hasValueSatisfying(problem -> assertThat(problem.remedies())
                        .containsExactly("sed -n '1p;2p' " + file
                                + "    # shows what another version may have written, which reads it"));
    }

    @Test
    void ofManyDamagedLinesTheFirstAreRemoved() throws Exception {
        Path file = Files.writeString(home.resolve("estimates.jsonl"), "{\n".repeat(11));

        assertThat(history.unread())
                .hasValueSatisfying(problem -> assertThat(problem.remedies())
                        .containsExactly("sed -i '1d;2d;3d;4d;5d;6d;7d;8d;9d;10d' " + file
                                + "    # removes the first 10 that are no JSON"));
    }

    @Test
    void linesAreCountedAsTheCommandCountsThatRemovesThem() throws Exception {
        history.add(estimate("a-1", 100));
        Files.writeString(home.resolve("estimates.jsonl"), "{\r{\n{\n", StandardOpenOption.APPEND);

        assertThat(history.unread())
                .hasValueSatisfying(problem -> assertThat(problem.causes()).containsExactly("lines 2, 3"));
    }

    @Test
    void aDamagedLineIsNamedAndTheOthersCount() throws Exception {
        Path file = home.resolve("estimates.jsonl");
        history.add(estimate("a-1", 100));
        assertThat(history.unread()).isEmpty();
        Files.write(file, new byte[] {'{', '"', (byte) 0xff}, StandardOpenOption.APPEND);
        history.add(estimate("c-1", 120));

        assertThat(history.read()).extracting(one -> one.run().value()).containsExactly("a-1", "c-1");
        assertThat(history.unread()).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo("FT0539");
            assertThat(problem.location()).hasToString(file + ":2");
            assertThat(problem.remedies()).containsExactly("sed -i '2d' " + file + "    # removes it");
        });
    }

    @Test
    void aFileThatCannotBeOpenedIsNamed() throws Exception {
        Path file = Files.createDirectory(home.resolve("estimates.jsonl"));

        assertThat(history.read()).isEmpty();
        assertThat(history.unread()).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo("FT0539");
            assertThat(problem.isError()).isFalse();
            assertThat(problem.location()).hasToString(file.toString());
            assertThat(problem.causes()).hasSize(1);
            assertThat(problem.remedies()).containsExactly("ls -ld " + file);
        });
    }

    @Test
    void saysHowFarOffAndHowOftenInside() {
        IntStream.of(90, 100, 104, 150).forEach(seconds -> history.add(estimate("run-" + seconds, seconds)));

        EstimateScore score = EstimateScore.of(history.read()).get(0);

        assertThat(score.time()).isEqualTo(new EstimateScore.Quantity(4, 0.07, 0.75));
        assertThat(score.memory()).isEqualTo(new EstimateScore.Quantity(4, 0.0, 1.0));
        assertThat(score.spend())
                .as("what costs nothing is foreseen by anybody")
                .isEqualTo(new EstimateScore.Quantity(0, null, null));
    }

    @Test
    void tellsPlacesAndWaysToKnowApart() {
        history.add(estimate("a-1", 100));
        PastEstimate other = estimate("b-1", 100);
        Foreseen elsewhere = new Foreseen(
                new ProviderId("sagemaker"),
                Foreseen.Basis.SIZES,
                "LlamaForCausalLM",
                "LoRA",
                "",
                other.figures().foreseen().time(),
                1,
                null,
                1,
                new MoneyRange(Money.parse("1 USD"), Money.parse("2 USD"), Money.parse("3 USD")),
                null);
        history.add(new PastEstimate(
                other.run(),
                other.at(),
                new ForeseenAndActual(elsewhere, Duration.ofMinutes(5), -1, Money.parse("2.50 USD"), null, null)));

        List<EstimateScore> scores = EstimateScore.of(history.read());

        assertThat(scores).extracting(one -> one.target().value()).containsExactly("local", "sagemaker");
        assertThat(scores.get(1).spend()).isEqualTo(new EstimateScore.Quantity(1, 0.25, 1.0));
        assertThat(scores.get(1).memory().runs()).isZero();
    }

    /** Foreseen 80 to 120 s and 0.9 to 1.1 GiB. */
    static PastEstimate estimate(String run, int seconds) {
        Money nothing = Money.parse("0 USD");
        Foreseen foreseen = new Foreseen(
                ProviderId.LOCAL,
                Foreseen.Basis.REHEARSAL,
                "LlamaForCausalLM",
                "LoRA",
                "fp32",
                new DurationRange(Duration.ofSeconds(80), Duration.ofSeconds(100), Duration.ofSeconds(120)),
                1,
                new ByteRange(900, 1000, 1100),
                1,
                new MoneyRange(nothing, nothing, nothing),
                null);
        return new PastEstimate(
                new RunId(run),
                Instant.EPOCH,
                new ForeseenAndActual(foreseen, Duration.ofSeconds(seconds), 1000, null, null, null));
    }

    static Optional<Foreseen> foreseen() {
        return Optional.of(estimate("any-1", 1).figures().foreseen());
    }
}
