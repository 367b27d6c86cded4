package dev.finetune4j.aws.jumpstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.error.Problem;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a job says goes by the names of the document, within its ranges, and all that does not fit is told at once. */
class HubHyperparametersTest {
    private static final String MACHINE = "ml.g5.xlarge";

    @Test
    void saysWhatTheJobIsShownWithThoughItStandsAtItsDefault() {
        HubHyperparameters parameters = of(
                HubDocuments.tiny(),
                LoraTuning.defaults(),
                TrainingSpec.builder().epochs(2).build(),
                Map.of());

        assertThat(parameters.problems()).isEmpty();
        assertThat(parameters.values())
                .containsEntry("epoch", "2")
                .containsEntry("max_input_length", "1024")
                .containsEntry("learning_rate", "0.0002")
                .containsEntry("per_device_train_batch_size", "8")
                .containsEntry("gradient_accumulation_steps", "1")
                .containsEntry("seed", "17")
                .containsEntry("warmup_ratio", "0.05")
                .containsEntry("weight_decay", "0")
                .containsEntry("lr_scheduler_type", "cosine")
                .containsEntry("lora_r", "16")
                .containsEntry("lora_alpha", "32")
                .containsEntry("lora_dropout", "0")
                .containsEntry("eval_steps", "20")
                .containsEntry("early_stopping_patience", "3")
                .containsEntry("instruction_tuned", "True")
                .containsEntry("chat_dataset", "False")
                .containsEntry("sagemaker_program", "transfer_learning.py");
    }

    @Test
    void leavesToTheDocumentADefaultThatItHasNoNameOrNoRoomFor() {
        HubDocument narrow = HubDocuments.tinyWith("lora_r", 8);

        HubHyperparameters parameters = of(narrow, LoraTuning.defaults(), TrainingSpec.defaults(), Map.of());
        HubHyperparameters meant = of(narrow, LoraTuning.builder().rank(12).build(), TrainingSpec.defaults(), Map.of());

        assertThat(parameters.problems()).isEmpty();
        assertThat(parameters.values()).containsEntry("lora_r", "64").doesNotContainKey("max_grad_norm");
        assertThat(meant.problems().toString()).contains("lora_r", "from 1 to 8, not 12");
    }

    @Test
    void takesAsManyRowsAStepAsTheJobSays() {
        assertThat(batch(HubDocuments.tiny(), 1, Map.of("per_device_train_batch_size", "2")))
                .isEqualTo("2 x 4");
        assertThat(batch(HubDocuments.tiny(), 1, Map.of("gradient_accumulation_steps", "4")))
                .isEqualTo("2 x 4");
        assertThat(batch(HubDocuments.tiny(), 3, Map.of("per_device_train_batch_size", "4")))
                .isEqualTo("4 x 6");
        assertThat(batch(
                        HubDocuments.tiny(),
                        1,
                        Map.of("per_device_train_batch_size", "4", "gradient_accumulation_steps", "1")))
                .as("what is said in the script's own words goes first")
                .isEqualTo("4 x 1");
        assertThat(batch(HubDocuments.tinyWith("per_device_train_batch_size", 4), 1, Map.of()))
                .as("8 rows are none that the document has room for")
                .isEqualTo("1 x 8");
        assertThat(batch(HubDocuments.llama(), 1, Map.of())).isEqualTo("8 x null");
    }

    private static String batch(HubDocument document, int accumulation, Map<String, String> said) {
        TrainingSpec training =
                TrainingSpec.builder().gradientAccumulation(accumulation).build();
        HubHyperparameters parameters = of(document, LoraTuning.defaults(), training, said);
        assertThat(parameters.problems()).isEmpty();
        return parameters.values().get("per_device_train_batch_size") + " x "
                + parameters.values().get("gradient_accumulation_steps");
    }

    @Test
    void goesByTheNamesOfTheDocument() {
        TrainingSpec training = TrainingSpec.builder()
                .epochs(1)
                .learningRate(3e-5)
                .batchSize(2)
                .gradientAccumulation(8)
                .maxTokens(512)
                .seed(3)
                .warmupRatio(0.2)
                .weightDecay(0.01)
                .schedule(Schedule.CONSTANT)
                .evaluateEvery(50)
                .earlyStoppingPatience(2)
                .build();
        LoraTuning lora = LoraTuning.builder().rank(8).alpha(16).dropout(0.1).build();

        HubHyperparameters parameters = of(HubDocuments.tiny(), lora, training, Map.of());

        assertThat(parameters.problems()).isEmpty();
        assertThat(parameters.values())
                .containsEntry("learning_rate", "0.00003")
                .containsEntry("per_device_train_batch_size", "2")
                .containsEntry("gradient_accumulation_steps", "8")
                .containsEntry("max_input_length", "512")
                .containsEntry("seed", "3")
                .containsEntry("warmup_ratio", "0.2")
                .containsEntry("weight_decay", "0.01")
                .containsEntry("lr_scheduler_type", "constant_with_warmup")
                .containsEntry("eval_steps", "50")
                .containsEntry("early_stopping_patience", "2")
                .containsEntry("lora_r", "8")
                .containsEntry("lora_alpha", "16")
                .containsEntry("lora_dropout", "0.1");
    }

    @Test
    void tellsAllThatDoesNotFitAtOnceWithRangeAndRemedy() {
        TrainingSpec training = TrainingSpec.builder().epochs(1.5).seed(5000).build();

        List<Problem> problems = of(
                        HubDocuments.llama(),
                        LoraTuning.defaults(),
                        training,
                        Map.of("lora_dropout", "1.5", "chat_dataset", "yes", "lora_rank", "8"))
                .problems();

        assertThat(problems.toString())
                .contains("FT0919")
                .contains("epoch of " + OfflineHubPlace.LLAMA + " is a whole number from 1 to 1000, not 1.5")
                .contains("training.epochs: 2")
                .contains("seed of " + OfflineHubPlace.LLAMA + " is a whole number from 1 to 1000, not 5000")
                .contains("training.seed: 1000")
                .contains("lora_dropout of " + OfflineHubPlace.LLAMA + " is a number from 0 to 1, not 1.5")
                .contains("places.jumpstart.lora-dropout: 1")
                .contains("chat_dataset of " + OfflineHubPlace.LLAMA + " is one of True, False, not yes")
                .contains("has no hyperparameter lora_rank")
                .contains("lora_r, max_input_length");
        assertThat(problems).filteredOn(Problem::isError).hasSize(5);
    }

    @Test
    void warnsOfWhatHasNoCounterpartAndRefusesAnotherKindOfModel() {
        TrainingSpec warm = TrainingSpec.builder().epochs(1).warmupRatio(0.3).build();
        List<Problem> warned =
                of(HubDocuments.llama(), LoraTuning.defaults(), warm, Map.of()).problems();
        TrainingSpec plain = TrainingSpec.builder().epochs(1).build();

        assertThat(warned).hasSize(1).noneMatch(Problem::isError);
        assertThat(warned.toString()).contains("FT0920", "training.warmup-ratio has no effect");
        TrainingSpec workers = TrainingSpec.builder()
                .epochs(1)
                .packing(true)
                .checkpointEvery(50)
                .threads(4)
                .build();
        assertThat(of(HubDocuments.tiny(), LoraTuning.defaults(), workers, Map.of())
                        .problems())
                .extracting(Problem::summary)
                .containsExactly(
                        "training.packing has no effect on huggingface-llm-offline-tiny",
                        "training.checkpoint-every has no effect on huggingface-llm-offline-tiny",
                        "training.threads has no effect on huggingface-llm-offline-tiny");
        assertThat(errors(HubDocuments.llama(), FullTuning.defaults(), plain)).contains("is tuned by adapters only");
        assertThat(errors(HubDocuments.tiny(), new HeadTuning(), plain)).contains("method: lora");
        assertThat(errors(HubDocuments.tiny(), QloraTuning.defaults(), plain)).contains("in a quantized form");
        assertThat(errors(HubDocuments.tiny(), LoraTuning.builder().dora(true).build(), plain))
                .contains("plain adapters only");
        assertThat(of(HubDocuments.tiny(), FullTuning.defaults(), plain, Map.of())
                        .values())
                .containsEntry("peft_type", "None");
        assertThat(of(HubDocuments.llama(), QloraTuning.defaults(), plain, Map.of())
                        .values())
                .containsEntry("int8_quantization", "True");
    }

    @Test
    void refusesWhatTheScriptOrTheServiceWouldEndWith() {
        List<Problem> both = of(
                        HubDocuments.llama(),
                        LoraTuning.defaults(),
                        TrainingSpec.defaults(),
                        Map.of("chat_dataset", "true", "instruction_tuned", "true"))
                .problems();
        assertThat(both).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("FT0912");
            assertThat(problem.remedies())
                    .containsExactly(
                            "leave places.jumpstart.instruction-tuned out", "leave places.jumpstart.chat-dataset out");
        });

        String modules = "q_proj,".repeat(400);
        assertThat(of(
                                HubDocuments.llama(),
                                LoraTuning.defaults(),
                                TrainingSpec.defaults(),
                                Map.of("target_modules", modules))
                        .problems()
                        .toString())
                .contains("FT0919", "target_modules has 2800 characters in 1 lines");
    }

    @Test
    void letsThePersonsOwnWordsGoFirst() {
        HubHyperparameters parameters = of(
                HubDocuments.tiny(),
                LoraTuning.defaults(),
                TrainingSpec.builder().epochs(9).build(),
                Map.of("epoch", "4", "peft_type", "lora", "merge_weights", "false"));

        assertThat(parameters.problems()).isEmpty();
        assertThat(parameters.values()).containsEntry("epoch", "4").containsEntry("merge_weights", "False");
    }

    private static String errors(HubDocument document, TuningMethod method, TrainingSpec training) {
        List<Problem> errors = of(document, method, training, Map.of()).problems().stream()
                .filter(Problem::isError)
                .toList();
        return errors.toString();
    }

    private static HubHyperparameters of(
            HubDocument document, TuningMethod method, TrainingSpec training, Map<String, String> said) {
        return HubHyperparameters.of(document, MACHINE, method, training, DatasetLayout.INSTRUCTION, said);
    }
}
