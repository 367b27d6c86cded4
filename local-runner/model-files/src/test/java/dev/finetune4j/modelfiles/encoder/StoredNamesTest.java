package dev.finetune4j.modelfiles.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.config.EncoderConfig;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.decoder.ExpectedTensor;
import dev.finetune4j.modelfiles.decoder.WrittenWeights;
import dev.finetune4j.modelfiles.weights.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the headers of an encoder's weights must hold for the configuration beside them. */
class StoredNamesTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "bert, num_hidden_layers, bert.encoder.layer.",
        "roberta, num_hidden_layers, encoder.layer.",
        "distilbert, n_layers, distilbert.transformer.layer.",
        "distilbert, n_layers, transformer.layer."
    })
    void refusesLayersBeyondThoseOfTheConfiguration(String type, String key, String stem) throws IOException {
        write(type, List.of());
        check();

        write(type, List.of(stem + "2.norm.weight", stem + "3.norm.weight"));

        assertThatThrownBy(this::check)
                .hasMessageContaining("FT0421: " + key + " is 2, and the weights hold layers 2 to 3")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies())
                                .hasSize(3)
                                .contains("\"" + key + "\": 4    # in config.json, to use all that the weights hold"));
    }

    @Test
    void proposesNoNumberOfLayersWhereSomeAreMissing() throws IOException {
        write("bert", List.of("bert.encoder.layer.3.norm.weight"));

        assertThatThrownBy(this::check)
                .hasMessageContaining("the weights hold layer 3")
                .isInstanceOfSatisfying(
                        FineTuneException.class,
                        e -> assertThat(e.problems().get(0).remedies()).hasSize(2));
    }

    private void check() {
        ModelFolder model = ModelFolder.open(folder);
        StoredNames.refuseUnfit(model, model.encoder().orElseThrow());
    }

    /** The body of a small encoder of two layers, and tensors beside it. */
    private void write(String type, List<String> more) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type":"%s","hidden_size":8,"dim":8,"num_attention_heads":2,"n_heads":2,"num_hidden_layers":2,
                "n_layers":2,"intermediate_size":16,"hidden_dim":16,"vocab_size":10,"max_position_embeddings":12}""".formatted(type));
        EncoderConfig config = ModelFolder.open(folder).encoder().orElseThrow();
        List<ExpectedTensor> tensors = new ArrayList<>(EncoderTensors.of(config).body());
        more.forEach(name -> tensors.add(new ExpectedTensor(name, List.of(8L))));
        WrittenWeights.write(folder.resolve("model.safetensors"), tensors, TensorType.F32);
    }
}
