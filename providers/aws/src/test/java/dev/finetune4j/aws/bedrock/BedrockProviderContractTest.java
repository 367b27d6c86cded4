package dev.finetune4j.aws.bedrock;

import dev.finetune4j.data.Part;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.offlinecloud.OfflineAws;
import dev.finetune4j.run.WorkOrder;
import dev.finetune4j.run.WorkStep;
import dev.finetune4j.spi.Proposal;
import dev.finetune4j.spi.Provider;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.contract.ProviderContractTest;
import dev.finetune4j.testkit.contract.ProviderSubject;
import dev.finetune4j.value.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** Bedrock keeps the promises that every place keeps, from rows on this machine to figures that come home. */
class BedrockProviderContractTest extends ProviderContractTest {
    private static final String SECRET = "wJalrXUtnFEMI-offline-secret-key-of-a-test";
    private static final AtomicInteger PLACES = new AtomicInteger();

    @TempDir
    private static Path folder;

    @Override
    protected ProviderSubject newSubject() {
        try {
            return new Subject(Files.createDirectories(folder.resolve("place-" + PLACES.incrementAndGet())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Subject implements ProviderSubject {
        private static final Map<String, String> SETTINGS = Map.of(
                "role", OfflineTuning.ROLE,
                "region", OfflineTuning.REGION,
                "store", OfflineTuning.STORE,
                "model", OfflineTuning.NOVA);

        private final Path home;
        private final VirtualClock clock = new VirtualClock();
        private final OfflineAws aws;
        private final ProviderContext context;

        Subject(Path home) throws IOException {
            this.home = home;
            aws = OfflineTuning.start(
                    clock, OfflineTuning.REGION, OfflineTuning.store(home.resolve("s3"), OfflineTuning.REGION, clock));
            context = OfflineTuning.context(aws, aws.accessKeyId(), SECRET, home, clock);
            Path data = Files.createDirectories(home.resolve("data"));
            Files.writeString(data.resolve(Part.TRAIN.fileName()), rows(16));
            Files.writeString(data.resolve(Part.VALIDATION.fileName()), rows(4));
        }

        private static String rows(int count) {
            return IntStream.range(1, count + 1)
                    .mapToObj(i -> Json.line(TuningRecordsTest.row(i, "U", "ticket " + i, "A", "billing")) + "\n")
                    .collect(Collectors.joining());
        }

        @Override
        public Provider open() {
            return new BedrockProviderFactory().open(context, SETTINGS);
        }

        @Override
        public Submission small(String key) {
            WorkStep train = new WorkStep.Train(
                    LoraTuning.defaults(), TrainingSpec.defaults(), new ModelName("amazon/nova-micro", null));
            return Submission.builder(
                            new RunId("contract-" + key),
                            new ModelRef(OfflineTuning.NOVA),
                            new WorkOrder("d1" + Integer.toHexString(key.hashCode()), List.of(train)))
                    .channel(WorkOrder.DATA_CHANNEL, home.resolve("data"))
                    .label(Submission.RUN_LABEL, "contract-" + key)
                    .build();
        }

        /** No job of the service is over before the clock is moved on by three quarters of an hour. */
        @Override
        public Submission lasting(String key) {
            return small(key);
        }

        @Override
        public Proposal acceptable() {
            return proposal(SETTINGS);
        }

        @Override
        public Proposal unacceptable() {
            Map<String, String> settings = new HashMap<>(SETTINGS);
            settings.put("region", "eu-central-1");
            return proposal(settings);
        }

        @Override
        public Submission withOtherDigest(Submission submission) {
            return new Submission(
                    submission.id(),
                    submission.model(),
                    new WorkOrder("0123456789abcdef", submission.order().steps()),
                    submission.channels(),
                    submission.labels(),
                    submission.timeLimit());
        }

        @Override
        public void pass() {
            clock.advance(Duration.ofMinutes(2));
        }

        @Override
        public int patience() {
            return 60;
        }

        @Override
        public List<String> secrets() {
            return List.of(SECRET);
        }

        @Override
        public void close() {
            aws.close();
        }

        private Proposal proposal(Map<String, String> settings) {
            FineTuneJob job = FineTuneJob.builder(
                            "tickets",
                            ModelRef.parse(OfflineTuning.NOVA),
                            TaskSpec.of(TaskKind.CHAT),
                            DataSpec.ofFile("tickets.jsonl"))
                    .place(BedrockProvider.ID, settings)
                    .build();
            return new Proposal(
                    job,
                    new ModelFiles(job.model(), home, "e".repeat(64)),
                    new Proposal.RowLengths(16, 20, 80, 1024),
                    Proposal.AnswerLengths.NONE);
        }
    }
}
