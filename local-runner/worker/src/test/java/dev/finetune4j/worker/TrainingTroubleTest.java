package dev.finetune4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.EngineException;
import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Part;
import dev.finetune4j.data.Role;
import dev.finetune4j.data.RowRef;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.json.Json;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.run.RunEvent;
import dev.finetune4j.run.RunEvent.StepCompleted;
import dev.finetune4j.run.RunEvent.ValidationCompleted;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.training.bigram.LetterCodec;
import dev.finetune4j.training.model.LanguageModel;
import dev.finetune4j.training.model.LanguageModelLoader;
import dev.finetune4j.training.model.NativeCalls;
import dev.finetune4j.training.model.NumberFormats;
import dev.finetune4j.training.model.decoder.DecoderLoader;
import dev.finetune4j.worker.WorkSite.Engines;
import dev.finetune4j.worker.folder.EventReader;
import dev.finetune4j.worker.folder.JobFolder;
import dev.finetune4j.worker.folder.JobTicket;
import dev.finetune4j.worker.machine.Machine;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tiny model really trained into each trouble that is named: with the step and what to do. */
class TrainingTroubleTest {
    @TempDir
    private Path root;

    private SmallJob job;
    private JobFolder folder;

    @BeforeEach
    void layOut() throws Exception {
        job = new SmallJob(root);
        folder = new JobFolder(Files.createDirectories(root.resolve("job")));
    }

    @Test
    void rowsThatAreLearnedByHeart() throws Exception {
        write(Part.TRAIN, 8, row -> new String[] {letters(row), row % 2 == 0 ? "even" : "odd"});
        write(Part.VALIDATION, 8, row -> new String[] {letters(row), row % 2 == 0 ? "odd" : "even"});

        assertThat(train(SmallJob.training(40).evaluateEvery(8))).isEqualTo(ExitCode.OK);

        ValidationCompleted lowest = events(ValidationCompleted.class).stream()
                .min(Comparator.comparingDouble(ValidationCompleted::loss))
                .orElseThrow();
        assertThat(noticed("FT0633")).last().satisfies(problem -> {
            assertThat(problem.summary()).isEqualTo("the validation loss turned up after step " + lowest.step());
            assertThat(problem.causes())
                    .singleElement()
                    .asString()
                    .endsWith("; the result is that of step " + lowest.step());
            double epochs = events(StepCompleted.class).get(lowest.step() - 1).epoch();
            assertThat(problem.remedies()).contains("training.early-stopping-patience: 2");
            assertThat(Double.parseDouble(problem.remedies().get(0).replace("training.epochs: ", "")))
                    .isEqualTo(epochs);
        });
        assertThat(noticed("FT0634")).isEmpty();
    }

    @Test
    void aTrainingThatEndsTooEarly() throws Exception {
        assertThat(train(SmallJob.training(2).learningRate(0.003).evaluateEvery(12)))
                .isEqualTo(ExitCode.OK);

        assertThat(noticed("FT0634")).singleElement().satisfies(problem -> {
            assertThat(problem.summary()).isEqualTo("the validation loss was still falling at step 24, the last");
            assertThat(problem.remedies()).containsExactly("training.epochs: 4");
        });
        assertThat(noticed("FT0633")).isEmpty();
    }

    @Test
    void stepsThatAreTooLargeAreNotTakenForTooFew() throws Exception {
        assertThat(train(SmallJob.training(2).learningRate(1).evaluateEvery(8))).isEqualTo(ExitCode.OK);

        double start = events(StepCompleted.class).get(0).loss();
        assertThat(events(ValidationCompleted.class).get(0).loss()).isGreaterThan(2 * start);
        assertThat(noticed("FT0637")).singleElement().satisfies(problem -> {
            assertThat(problem.causes().get(0)).endsWith(String.format(Locale.ROOT, "the first step had %.4g", start));
            assertThat(problem.remedies()).containsExactly("training.learning-rate: 0.1");
        });
        assertThat(noticed("FT0634")).isEmpty();
    }

    @Test
    void aRowUnlikeAllOthers() throws Exception {
        int odd = 300;
        write(
                Part.TRAIN,
                320,
                row -> row == odd ? new String[] {"zyxwvutsrq", "qzjxkvbwyp"} : new String[] {"is a", "even"});
        write(Part.VALIDATION, 0, row -> new String[0]);

        assertThat(train(SmallJob.training(1).maxGradientNorm(0))).isEqualTo(ExitCode.OK);

        int step = events(StepCompleted.class).stream()
                .skip(20)
                .max(Comparator.comparingDouble(StepCompleted::loss))
                .orElseThrow()
                .step();
        assertThat(noticed("FT0623")).extracting(Problem::summary).containsExactly("the loss jumped at step " + step);
        assertThat(noticed("FT0623").get(0).remedies())
                .containsExactly("training.learning-rate: 0.005   (if it repeats)");
        assertThat(noticed("FT0624")).extracting(Problem::summary).contains("the gradient exploded at step " + step);
        assertThat(noticed("FT0624").get(0).remedies()).containsExactly("training.max-gradient-norm: 1.0");
    }

    @Test
    void weightsThatLeaveTheNumbers() throws Exception {
        Path weights = job.model().resolve("model.safetensors");
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 8 + (int) file.getLong(0); at < file.capacity(); at += Float.BYTES) {
            file.putFloat(at, 1e25f * file.getFloat(at)); // each a number, but not their products
        }
        Files.write(weights, file.array());

        assertThat(train(SmallJob.training(1))).isEqualTo(ExitCode.TRAINING_FAILED);

        assertThat(noticed("FT0622")).singleElement().satisfies(problem -> {
            assertThat(problem.summary()).isEqualTo("the loss is not a number at step 1");
            assertThat(problem.remedies()).startsWith("training.learning-rate: 0.001");
        });
        assertThat(events(StepCompleted.class)).isEmpty();
        assertThat(folder.output()).isEmptyDirectory();
    }

    /** The allocator's own words, in the middle of a real training. */
    @Test
    void memoryThatIsRefused() throws Exception {
        LanguageModelLoader refusing = (files, adapter, settings) -> {
            LanguageModelLoader.Loaded loaded = new DecoderLoader().load(files, adapter, settings);
            int[] left = {5};
            LanguageModel model = (LanguageModel) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {LanguageModel.class}, (proxy, method, values) -> {
                        if (method.getName().equals("accumulateGradient") && --left[0] == 0) {
                            return NativeCalls.guarded(() -> {
                                throw new EngineException("DefaultCPUAllocator: can't allocate memory");
                            });
                        }
                        return method.invoke(loaded.model(), values);
                    });
            return new LanguageModelLoader.Loaded(
                    model,
                    loaded.precision(),
                    loaded.recompute(),
                    loaded.predictedPeakBytes(),
                    loaded.largestPart(),
                    Precision.BF16);
        };

        assertThat(train(SmallJob.training(1), refusing)).isEqualTo(ExitCode.TRAINING_FAILED);

        assertThat(noticed("FT0604")).singleElement().satisfies(problem -> {
            assertThat(problem.causes()).anyMatch(cause -> cause.matches("the largest part is .*, \\d+\\.\\d GB"));
            assertThat(problem.remedies())
                    .containsExactly(
                            "training.recompute: layer",
                            "training: {batch-size: 1, gradient-accumulation: 4}",
                            NumberFormats.here().setting(Precision.BF16));
        });
        assertThat(events(StepCompleted.class)).hasSize(2);
    }

    private static String letters(int row) {
        return String.valueOf((char) ('a' + row)).repeat(4);
    }

    private interface Letters {
        String[] of(int row);
    }

    private void write(Part part, int rows, Letters letters) throws Exception {
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            String[] said = letters.of(row);
            lines.add(Json.line(new Example.Conversation(
                    new RowRef(part.fileName(), row + 1L),
                    List.of(new Message(Role.USER, said[0]), new Message(Role.ASSISTANT, said[1])),
                    null)));
        }
        Files.write(job.data().resolve(part.fileName()), lines);
    }

    private ExitCode train(TrainingSpec.Builder training) throws Exception {
        return train(training, new DecoderLoader());
    }

    private ExitCode train(TrainingSpec.Builder training, LanguageModelLoader loader) throws Exception {
        Submission submission = job.submission(
                "trouble",
                "d1",
                SmallJob.steps(FullTuning.defaults(), training.build()).subList(0, 1));
        Map<String, String> channels = new LinkedHashMap<>();
        submission.channels().forEach((name, path) -> channels.put(name, path.toString()));
        new JobTicket(submission.id(), submission.model(), submission.order(), channels, Map.of(), null, Instant.EPOCH)
                .write(folder);
        Engines engines = new Engines(model -> new LetterCodec(256), loader, new Machine(Path.of("/")));
        return new Worker(folder, engines, Clock.systemUTC()).run();
    }

    private List<Problem> noticed(String code) {
        return events(RunEvent.Noticed.class).stream()
                .map(RunEvent.Noticed::problem)
                .filter(problem -> problem.code().equals(code))
                .toList();
    }

    private <T extends RunEvent> List<T> events(Class<T> type) {
        return new EventReader(folder)
                .all().stream().filter(type::isInstance).map(type::cast).toList();
    }
}
