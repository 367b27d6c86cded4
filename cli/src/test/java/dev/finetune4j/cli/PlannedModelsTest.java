package dev.finetune4j.cli;

import static dev.finetune4j.cli.CommandRun.oneLine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which models are planned, and for what: encoders, those that nobody trains, and those of which only sizes are known. */
class PlannedModelsTest extends PlannedTickets {
    /** A check says so, too, but only once the model is fetched. */
    @Test
    void anEncoderIsNotPlannedForATaskThatNeedsWords() throws IOException {
        job = write("method: lora");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "bert-base-uncased"));

        CommandRun refused = plan("--target", CLOUDS);

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err())
                .contains("FT0340: the model is an encoder", "job.yaml:3:", "task.kind: classification");
        assertThat(refused.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"qlora", "prompt-tuning", "prefix-tuning"})
    void anEncoderIsNotPlannedForAMethodOfModelsThatSpeak(String method) throws IOException {
        job = write("method: " + method);
        Files.writeString(
                job,
                Files.readString(job)
                        .replace("llama-3.1-8b-instruct", "bert-base-uncased")
                        .replace("question-answering", "classification"));

        CommandRun refused = plan("--target", CLOUDS);

        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
        assertThat(refused.err())
                .contains("FT0475: the model is an encoder, which is not trained by " + method, "job.yaml:5:")
                .containsPattern("try +method: lora");
        assertThat(refused.out()).isEmpty();
    }

    /** Of a fetched model the local runner says so, too. */
    @Test
    void aHeadAloneIsNotPlannedForAModelThatHasNone() throws IOException {
        job = write("method: head");

        CommandRun refused = plan("--target", CLOUDS);

        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.err())
                .contains("FT0475: the model has no classification head to train", "job.yaml:5:", "method: lora");
        assertThat(refused.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "lora", "head"})
    void machinesArePlannedForAnEncoder(String method) throws IOException {
        job = onEncoder(method, "bert-base-uncased");

        CommandRun planned = plan("--target", "sagemaker,azure-ml", "-o", "json");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(Json.records().readTree(planned.out()).path("options"))
                .extracting(option -> option.path("target").asText())
                .contains("sagemaker", "azure-ml");
        assertThat(planned.err()).doesNotContain("FT0483");
    }

    /** As where it is known by its configuration alone. */
    @Test
    void anEncoderThatNoEngineTrainsIsPlannedAndSaidNotToBeLaunched() throws IOException {
        Path model = Files.createDirectory(folder.resolve("encoder"));
        Files.writeString(model.resolve("config.json"), """
                {"architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "hidden_size": 768, "intermediate_size": 3072,
                 "num_hidden_layers": 12, "num_attention_heads": 12, "vocab_size": 250002, "max_position_embeddings": 514,
                 "type_vocab_size": 1}
                """);
        job = onEncoder("full", model.toString());

        CommandRun planned = plan("--target", "sagemaker");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(oneLine(planned.err()))
                .contains("FT0483: a launch at sagemaker would be refused")
                .contains("nothing of finetune4j trains XLMRobertaForMaskedLM");
        Path config = model.resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("XLMRobertaModel", "RobertaForSequenceClassification")
                        .replace("xlm-roberta", "roberta"));
        assertThat(plan("--target", "sagemaker").err()).doesNotContain("FT0483");
    }

    private Path onEncoder(String method, String model) throws IOException {
        Path file = write("method: " + method);
        return Files.writeString(
                file,
                Files.readString(file)
                        .replace("llama-3.1-8b-instruct", model)
                        .replace("question-answering", "classification"));
    }

    @Test
    void whatNoEngineTrainsIsPlannedAndSaidNotToBeLaunched() throws IOException {
        job = write("method: lora");
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "mixtral-8x7b-instruct-v0.1"));

        CommandRun planned = plan("--target", "sagemaker,azure-ml");

        assertThat(planned.exitCode()).as(planned.err()).isZero();
        assertThat(oneLine(planned.err()))
                .contains("FT0483: a launch at azure-ml, sagemaker would be refused")
                .contains("nothing of finetune4j trains MixtralForCausalLM");
        job = write("method: lora");
        assertThat(plan("--target", "sagemaker,azure-ml").err()).doesNotContain("FT0483");
    }

    @Test
    void aModelThatNobodyKnowsIsAskedForThreeNumbers() throws IOException {
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "hf:acme/secret-7b"));

        CommandRun unknown = plan("--target", CLOUDS);
        CommandRun said = plan("--target", CLOUDS, "--hidden-size", "4096", "--layers", "32", "--vocabulary", "32000");

        assertThat(unknown.exitCode()).isEqualTo(3);
        assertThat(unknown.err()).contains("FT0481", "--hidden-size C --layers L --vocabulary V");
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.out()).contains("6.84 B parameters");
        assertThat(plan("--layers", "32").exitCode()).isEqualTo(2);
    }

    @Test
    void aConfigurationAloneIsEnough() throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(folder.resolve("own/config.json"), """
                {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 5632, "num_hidden_layers": 22,
                 "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32000}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "own"));

        CommandRun plan = plan("--target", CLOUDS);

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(plan.out()).contains("1.10 B parameters");
        assertThat(oneLine(plan.out()))
                .as("no place can fetch it from here")
                .containsPattern(" trained; [\\d.]+ GiB of weights and [\\d.]+ KiB of rows to send")
                .doesNotContain("to fetch");
    }

    @Test
    void aConfigurationThatCannotBeReadIsPlannedByWhatIsSaid() throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(folder.resolve("own/config.json"), """
                {"model_type": "llama", "hidden_size": -5, "num_hidden_layers": 22, "num_attention_heads": 32,
                 "vocab_size": 32000}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "own"));

        CommandRun unread = plan("--target", CLOUDS);
        CommandRun said = plan("--target", CLOUDS, "--hidden-size", "4096", "--layers", "32", "--vocabulary", "32000");

        assertThat(unread.exitCode()).isEqualTo(3);
        assertThat(oneLine(unread.err()))
                .contains("FT0481", "hidden_size", "--hidden-size C --layers L --vocabulary V");
        assertThat(said.exitCode()).as(said.err()).isZero();
        assertThat(said.out()).contains("6.84 B parameters");
    }

    /** Once its weights are here, the local runner says so, too. */
    @Test
    void aModelWhoseConfigurationTheCoreDoesNotTrainIsNotPlannedHere() throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(folder.resolve("own/config.json"), """
                {"architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": 64,
                 "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
                 "num_local_experts": 4, "num_experts_per_tok": 2, "vocab_size": 1000}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "own"));

        CommandRun none = plan("--target", "local");

        assertThat(none.exitCode()).isEqualTo(5);
        assertThat(oneLine(none.err()))
                .contains("FT0760: local does not tune tickets as it is", "local: trains no MixtralForCausalLM");
    }

    @Test
    void aTowerForPicturesIsSaidNotToBeCounted() throws IOException {
        Files.createDirectories(folder.resolve("seeing"));
        Files.writeString(folder.resolve("seeing/config.json"), """
                {"architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
                 "text_config": {"model_type": "llama", "hidden_size": 2048, "intermediate_size": 5632,
                 "num_hidden_layers": 22, "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32000},
                 "vision_config": {"hidden_size": 1024, "num_hidden_layers": 24}}
                """);
        Files.writeString(job, Files.readString(job).replace("llama-3.1-8b-instruct", "seeing"));

        CommandRun plan = plan("--target", CLOUDS);

        assertThat(plan.exitCode()).as(plan.err()).isZero();
        assertThat(oneLine(plan.err()))
                .contains("FT0482: the model reads pictures, too", "the 1.10 B parameters that are planned with");
        Files.writeString(job, Files.readString(job).replace("seeing", "llama-3.1-8b-instruct"));
        assertThat(plan("--target", CLOUDS).err()).doesNotContain("FT0482");
    }
}
