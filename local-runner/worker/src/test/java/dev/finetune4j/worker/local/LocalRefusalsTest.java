package dev.finetune4j.worker.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.spi.Footprint;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.worker.SmallJob;
import dev.finetune4j.worker.machine.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the local place has against a job before a worker is started. */
class LocalRefusalsTest {
    private static final long MANY_ROWS = 100_000;

    @TempDir
    Path folder;

    private SmallJob job;

    @BeforeEach
    void writeJob() throws IOException {
        job = new SmallJob(folder);
    }

    @Test
    void takesWhatFits() throws IOException {
        assertThat(refusals(48, 24, 48, 8 << 20)).isEmpty();
    }

    @Test
    void refusesAMethodThatTheModelDoesNotHave() throws IOException {
        Proposal wrong = job.proposal(new LoraTuning(4, 8, 0, List.of("query", "q_proj", "keys")));

        List<Problem> problems = new LocalRefusals(wrong, machine(8 << 20)).all();

        assertThat(problems).extracting(Problem::code).containsExactly("FT0472", "FT0472");
        assertThat(problems)
                .extracting(Problem::summary)
                .containsExactlyInAnyOrder("the model has no linear layer keys", "the model has no linear layer query");
    }

    @Test
    void refusesAnArchitectureThatTheCoreDoesNotCompute() throws IOException {
        Path config = job.model().resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"silu\"", "\"relu\""));

        assertThat(refusals(48, 24, 48, 8 << 20)).extracting(Problem::code).containsExactly("FT0470");
    }

    @Test
    void takesABatchThatIsLongerThanLongRopeAllowsARowToBe() throws IOException {
        supportSixtyFourTokens();

        assertThat(refusals(48, 64, 128, 8 << 20)).isEmpty();
        assertThat(refusals(48, 65, 128, 8 << 20)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0470");
            assertThat(problem.isError()).isTrue();
            assertThat(problem.remedies()).first().isEqualTo("training.max-tokens: 64    # and evaluation.few-shot: 0");
        });
    }

    @Test
    void proposesNothingOfExamplesWherePassagesAreRead() throws IOException {
        supportSixtyFourTokens();
        Proposal small = job.proposal(LoraTuning.defaults());
        Proposal passages = new Proposal(
                small.job(),
                small.model(),
                new Proposal.RowLengths(48, 0, 65, 128, 256),
                new Proposal.AnswerLengths(65, 0, 0));

        assertThat(small.job().evaluation().fewShot()).isPositive();
        assertThat(new LocalRefusals(passages, machine(8 << 20)).all())
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedies()).first().isEqualTo("training.max-tokens: 64"));
    }

    @Test
    void refusesAWeightThatIsNoNumber() throws IOException {
        Path weights = job.model().resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        byte[] infinity = {0, 0, (byte) 0x80, (byte) 0x7F};
        System.arraycopy(infinity, 0, bytes, bytes.length - infinity.length, infinity.length);
        Files.write(weights, bytes);

        assertThat(refusals(48, 24, 48, 8 << 20)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0474");
            assertThat(problem.causes()).singleElement().asString().matches("it is element (\\d+) of \\d+");
        });
    }

    @Test
    void refusesWhatDoesNotFitTheMemory() throws IOException {
        assertThat(refusals(48, 24, 48, 64 << 10)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0601");
            assertThat(problem.isError()).isTrue();
            assertThat(problem.place()).hasToString("Optional[job  training.batch-size]");
        });
    }

    @Test
    void refusesABatchThatIsCertainToComeUp() throws IOException {
        assertThat(refusals(90, 200, 100_000, 2 << 20))
                .extracting(Problem::severity)
                .containsExactly(Severity.ERROR);
    }

    @Test
    void proposesTheBatchThatFits() throws IOException {
        Problem tooLarge = refusals(90, 200, 100_000, 2 << 20).get(0);

        // The batch size of the small job is 2, in steps of 4 rows.
        assertThat(tooLarge.remedies()).first().isEqualTo("training: {batch-size: 1, gradient-accumulation: 4}");
        assertThat(tooLarge.remedies()).noneMatch(remedy -> remedy.startsWith("training.max-tokens"));
    }

    @Test
    void warnsOfABatchThatMayComeUp() throws IOException {
        assertThat(refusals(MANY_ROWS, 200, 100_000, 2 << 20))
                .extracting(Problem::severity)
                .containsExactly(Severity.WARNING);
    }

    @Test
    void refusesPromptsWithExamplesThatDoNotFit() throws IOException {
        Proposal small = job.proposal(LoraTuning.defaults());
        Proposal manyShots =
                new Proposal(small.job(), small.model(), small.rows(), new Proposal.AnswerLengths(0, 600_000, 0));

        assertThat(new LocalRefusals(small, machine(1 << 20)).all()).isEmpty();
        assertThat(new LocalRefusals(manyShots, machine(1 << 20)).all())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("FT0601");
                    assertThat(problem.causes()).anyMatch(cause -> cause.contains("600000 tokens"));
                    assertThat(problem.remedies()).startsWith("evaluation.few-shot: 0");
                });
    }

    @Test
    void proposesTheLongestContinuationsThatFit() throws IOException {
        Proposal tooLong = continuing(30_000);

        Problem tooLarge = new LocalRefusals(tooLong, machine(320 << 10))
                .all().stream().findFirst().orElseThrow();

        assertThat(tooLarge.code()).isEqualTo("FT0601");
        assertThat(tooLarge.place()).hasToString("Optional[job  evaluation.max-new-tokens]");
        assertThat(tooLarge.remedies())
                .contains("delete evaluation.continue-passages")
                .noneMatch(remedy -> remedy.startsWith("training.max-tokens"));
        String first = tooLarge.remedies().get(0);
        assertThat(first).matches("evaluation\\.max-new-tokens: [0-9]+");
        int fits = Integer.parseInt(first.substring(first.indexOf(' ') + 1));
        assertThat(new LocalRefusals(continuing(fits), machine(320 << 10)).all())
                .isEmpty();
        assertThat(new LocalRefusals(continuing(fits + 1), machine(320 << 10)).all())
                .isNotEmpty();
    }

    @Test
    void proposesShorterRowsWhereThePassagesThemselvesDoNotFit() throws IOException {
        Proposal small = job.proposal(LoraTuning.defaults());
        Proposal passages =
                new Proposal(small.job(), small.model(), small.rows(), new Proposal.AnswerLengths(2_000_000, 256, 256));

        assertThat(new LocalRefusals(passages, machine(1 << 20)).all())
                .singleElement()
                .satisfies(problem -> assertThat(problem.remedies())
                        .anyMatch(remedy -> remedy.startsWith("training.max-tokens"))
                        .noneMatch(remedy -> remedy.contains("continue-passages")));
    }

    /** Of passages of 256 tokens, each half of which is continued. */
    private Proposal continuing(int newTokens) throws IOException {
        Proposal small = job.proposal(LoraTuning.defaults());
        EvaluationSpec evaluation = EvaluationSpec.builder()
                .continuePassages(true)
                .maxNewTokens(newTokens)
                .build();
        return new Proposal(
                small.job().toBuilder().evaluation(evaluation).build(),
                small.model(),
                small.rows(),
                new Proposal.AnswerLengths(256, 128 + newTokens, 128 + newTokens));
    }

    @Test
    void looksAtAnswersAloneWhereNothingIsTrained() throws IOException {
        Proposal small = job.proposal(LoraTuning.defaults());
        Proposal answers = new Proposal(
                small.job(), small.model(), Proposal.RowLengths.NONE, new Proposal.AnswerLengths(0, 24, 0));

        assertThat(new LocalRefusals(answers, machine(1 << 20)).all()).isEmpty();
        assertThat(new LocalRefusals(answers, machine(1)).all())
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("FT0601", "answering needs about"));
    }

    @Test
    void aWorkerMayTakeAQuarterLessThanItsMost() throws IOException {
        Footprint footprint = footprint(LoraTuning.defaults(), 0);

        assertThat((double) footprint.leastBytes() / footprint.mostBytes())
                .as("micro-batches of one size")
                .isCloseTo(0.75, within(1e-6));
    }

    @Test
    void whatAllRowsBeginWithTakesRoomOnce() throws IOException {
        Footprint apart = footprint(LoraTuning.defaults(), 0);
        Footprint together = footprint(LoraTuning.defaults(), 2000);

        assertThat(together.mostBytes()).isLessThan(apart.mostBytes());
        assertThat(together.computedShare()).isCloseTo(2000 / 3000.0, within(1e-9));
        assertThat(apart.computedShare()).isEqualTo(1);
        LoraTuning dropping = new LoraTuning(4, 8, 0.1, List.of(LoraTuning.ALL_LINEAR));
        assertThat(footprint(dropping, 2000).mostBytes())
                .isEqualTo(footprint(dropping, 0).mostBytes());
    }

    /** Four threads have a gradient each where a micro-batch may have four rows. */
    @Test
    void countsGradientsByTheRowsThatAMicroBatchMayHave() throws IOException {
        long alone = mostBytes(false, 1, 48);
        long four = mostBytes(false, 4, 48);

        assertThat(four).isGreaterThan(alone);
        assertThat(mostBytes(false, 4, 3)).as("there are three rows in all").isEqualTo(alone);
        assertThat(mostBytes(true, 1, 48))
                .as("packed, as many as there is room for")
                .isEqualTo(four);
        assertThat(mostBytes(true, 1, 3)).as("packed, three in all").isEqualTo(alone);
    }

    /** Of micro-batches of 4096 tokens on four threads. */
    private long mostBytes(boolean packing, int batchSize, int rows) throws IOException {
        Proposal small = job.proposal(LoraTuning.defaults());
        TrainingSpec training = small.job().training().toBuilder()
                .threads(4)
                .packing(packing)
                .batchSize(batchSize)
                .build();
        return new LocalRefusals(
                        new Proposal(
                                small.job().toBuilder().training(training).build(),
                                small.model(),
                                new Proposal.RowLengths(rows, 0, 1000, 4096, 4096),
                                Proposal.AnswerLengths.NONE),
                        machine(8 << 20))
                .footprint()
                .mostBytes();
    }

    @Test
    void theShareThatIsComputedIsOneWherePromptsDifferAndNeverNothing() throws IOException {
        assertThat(share(57.3, 0)).isEqualTo(1);
        assertThat(share(56.7, 0)).isEqualTo(1);
        assertThat(share(39, 200))
                .as("test rows are shorter than what training rows begin with")
                .isBetween(0.5, 0.51);
    }

    /** Of rows of a mean length that begin with so many same tokens; two in a micro-batch, on one thread. */
    private double share(double mean, int prefix) throws IOException {
        Proposal small = job.proposal(LoraTuning.defaults());
        return new LocalRefusals(
                        new Proposal(
                                small.job(),
                                small.model(),
                                new Proposal.RowLengths(48, 0, 300, 600, 4096, mean, prefix),
                                Proposal.AnswerLengths.NONE),
                        machine(8 << 20))
                .footprint()
                .computedShare();
    }

    /** Of a job whose rows of 3000 tokens begin with so many that are the same; two in a micro-batch, on one thread. */
    private Footprint footprint(LoraTuning method, int prefix) throws IOException {
        Proposal small = job.proposal(method);
        return new LocalRefusals(
                        new Proposal(
                                small.job(),
                                small.model(),
                                new Proposal.RowLengths(48, 0, 3000, 6000, 4096, 3000, prefix),
                                Proposal.AnswerLengths.NONE),
                        machine(8 << 20))
                .footprint();
    }

    /** Of a row or an answer, by long rope. */
    private void supportSixtyFourTokens() throws IOException {
        Path config = job.model().resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"rope_theta\": 10000.0", """
                "rope_theta": 10000.0, "rope_scaling": {"rope_type": "longrope", "original_max_position_embeddings": 64,
                "short_factor": [1.0, 1.0, 1.0, 1.0], "long_factor": [2.0, 2.0, 2.0, 2.0]}"""));
    }

    private List<Problem> refusals(long rows, long longest, long largestBatch, long kibibytes) throws IOException {
        Proposal small = job.proposal(LoraTuning.defaults());
        Proposal proposal = new Proposal(
                small.job(),
                small.model(),
                new Proposal.RowLengths(rows, 0, longest, largestBatch, 256),
                new Proposal.AnswerLengths(0, (int) longest, 0));
        return new LocalRefusals(proposal, machine(kibibytes)).all();
    }

    /** A machine with so much memory. */
    private Machine machine(long kibibytes) throws IOException {
        Path root = folder.resolve("root");
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/meminfo"), "MemAvailable: " + kibibytes + " kB\n");
        return new Machine(root);
    }
}
