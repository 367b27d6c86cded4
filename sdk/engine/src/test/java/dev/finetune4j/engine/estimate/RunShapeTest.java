package dev.finetune4j.engine.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunShapeTest {
    @ParameterizedTest
    @CsvSource({
        "0.0265, 'layers=8 hidden=512 ff=2048 heads=8 vocab=2048; LayerNorm and GELU', 8, 512, 2048, 8, 8, 2048, false, true",
        "0.313, layers=24 hidden=1024 ff=2560 heads=16 kv_heads=8 vocab=48000 tied, 24, 1024, 2560, 16, 8, 48000, true, true",
        "0.0108, layers=6 hidden=384 heads=6 vocab=256 (byte level), 6, 384, 1536, 6, 6, 256, false, false",
        "0.0346, 'n_layer: 24, n_embd: 320, d_ff: 853, n_head: 5, vocab_size: 16000, SwiGLU', 24, 320, 853, 5, 5, 16000, true, true",
        "0.0265, 'head dim=64, hidden=512, LoRA on last 2 layers, layers=8, ff=2,048, heads=8, vocab=2048; GELU', 8, 512, 2048, 8, 8, 2048, false, true",
        "1.2, 'head dim=128 dim=2,048; LoRA on last 2 layers of 24 layers; vocab=32,000; GELU, tied', 24, 2048, 8192, 32, 32, 32000, false, true",
        "0.423, 'shape from the assignment (1024 wide, MLP 4096, 16 heads, vocabulary 10,000), only the 24 layers', 24, 1024, 4096, 16, 16, 10000, true, false",
        "0.09, 'a GPT (12 layers, 768 wide, 12 heads, 4 KV heads, FFN 3,072, vocab 8192, tied)', 12, 768, 3072, 12, 4, 8192, false, true",
        "0.0107, 'TinyGPT 6L-384d (char-level)', 6, 384, 1536, 6, 6, 96, false, false",
        "0.0107, 'layers=6 hidden=384; shakespeare_char; GELU, tied', 6, 384, 1536, 6, 6, 96, false, true",
        "0.0289, 'GPT style 4 layers 256 wide vocab 50257; 8 heads, FFN 1024; untied by the parameter count though the text says tied', 4, 256, 1024, 8, 8, 50257, false, false",
        "0.0878, 'GPT style 6 layers 384 wide vocab cl100k; 4 heads', 6, 384, 1536, 4, 4, 100277, false, false",
        "0.00838, 'GPT 8.38M (6 layers, width 256, 8 heads, vocab 4002), GELU', 6, 256, 1024, 8, 8, 4002, false, false",
        "0.0267, 'Llama style (8 layers, hidden 512, 8/2 heads, ffn 1408, vocab 8192, tied, SwiGLU)', 8, 512, 1408, 8, 2, 8192, true, true",
        "4.3, 'GPT (32 layers, hidden 3072, 24 heads, ffn 12288, GELU), vocabulary 32k, tied', 32, 3072, 12288, 24, 24, 32000, false, true",
        "6.44, 'GPT (30 layers, hidden 4096, 32 heads, gpt2 vocab), GELU, tied', 30, 4096, 16384, 32, 32, 50257, false, true",
        "181, 'layers=72 hidden=14336 vocab=250k', 72, 14336, 57344, 112, 112, 250000, false, true",
        "0.163, 'a GPT of 12 layers, d_model=768, vocab=50,257, untied, GELU', 12, 768, 3072, 12, 12, 50257, false, false"
    })
    void readsTheSizesThatNotesTell(
            double billions,
            String notes,
            int layers,
            int width,
            int inner,
            int heads,
            int keyValueHeads,
            int vocabulary,
            boolean isGated,
            boolean isTied) {
        Architecture shape = shape("own decoder", billions, notes);

        assertThat(shape.layers()).isEqualTo(layers);
        assertThat(shape.hiddenSize()).isEqualTo(width);
        assertThat(shape.feedForwardSize()).isEqualTo(inner);
        assertThat(shape.heads()).isEqualTo(heads);
        assertThat(shape.keyValueHeads()).isEqualTo(keyValueHeads);
        assertThat(shape.vocabulary()).isEqualTo(vocabulary);
        assertThat(shape.isGated()).isEqualTo(isGated);
        assertThat(shape.hasTiedEmbeddings()).isEqualTo(isTied);
        assertThat(shape.isInterpolated()).isFalse();
    }

    /** The first makes 85 million and not 7 billion parameters; of the second the width is missing; the last cannot be, and the others are not of it or of no plain decoder. */
    @ParameterizedTest
    @CsvSource({
        "own decoder, 7, layers=12 hidden=768 vocab=2048",
        "own decoder, 7, layers=32 vocab=32000",
        "own decoder, 0.1, 'head dim=768, 12 layers, vocab=50257'",
        "own decoder, 0.12, 'LoRA on last 12 layers, hidden=768 vocab=50257'",
        "own decoder, 0.12, 'layers=12 hidden=768 vocab=50257, 8 experts'",
        "own decoder, 0.12, 'num_hidden_layers=12 hidden_size=768 vocab_size=50257 num_experts=8'",
        "own decoder, 0.12, 'MoE, layers=12 hidden=768 vocab=50257'",
        "own decoder, 0.12, 'encoder of layers=12 hidden=768 vocab=50257'",
        "own decoder, 7, layers=0 hidden=99999 vocab=32000"
    })
    void guessesWhereTheSizesAreNotThoseOfTheModel(String model, double billions, String notes) {
        assertThat(shape(model, billions, notes).isInterpolated()).isTrue();
    }

    /** 151 million weights in layers: what is left of 254 are an embedding and a head of 50,257 entries. */
    @ParameterizedTest
    @CsvSource({
        "0.254, '12 layers, hidden 1024, GELU', 50257, false",
        "0.185, '12 layers, hidden 1024, GELU', 32000, true",
        "0.202, '12 layers, hidden 1024, GELU', 50257, true"
    })
    void tellsTheVocabularyByTheParameters(double billions, String notes, int vocabulary, boolean isTied) {
        Architecture shape = shape("own decoder", billions, notes);

        assertThat(shape.vocabulary()).isEqualTo(vocabulary);
        assertThat(shape.hasTiedEmbeddings()).isEqualTo(isTied);
        assertThat(shape.isInterpolated()).isFalse();
    }

    @Test
    void readsTheSizesThatANameTells() {
        Architecture shape = shape("custom 10L-512d-8h vocab 16384", 0.04, "mock data; GELU, tied");

        assertThat(shape.layers()).isEqualTo(10);
        assertThat(shape.hiddenSize()).isEqualTo(512);
        assertThat(shape.vocabulary()).isEqualTo(16384);
        assertThat(shape("Llama-like 8b (4096 wide, 32 layers)", 8, "vocabulary 32,000")
                        .hiddenSize())
                .isEqualTo(4096);
    }

    /** GPT-2 has 50,257 entries, and its head is its embedding. */
    @Test
    void takesSizesOfANameBeforeTheModelThatItIsLike() {
        Architecture shape = shape("GPT-2 style 12 layers 768 wide vocab 32000", 0.1344, "12 heads, untied head");

        assertThat(shape.vocabulary()).isEqualTo(32000);
        assertThat(shape.hasTiedEmbeddings()).isFalse();
    }

    /** GPT-2 of 27 billion weights, not of 124 million: its vocabulary is the same. */
    @Test
    void takesSizesOfANameBeforeTheModelWhoseVocabularyItHas() {
        Architecture shape = Objects.requireNonNull(SampleRun.with("model", "GPT-2 (60 layers, 6144 hidden, 32 heads)")
                .set("params_b", "")
                .read()
                .architecture());

        assertThat(shape.layers()).isEqualTo(60);
        assertThat(shape.hiddenSize()).isEqualTo(6144);
        assertThat(shape.heads()).isEqualTo(32);
        assertThat(shape.vocabulary()).isEqualTo(50_257);
        assertThat(shape.parameters() / 1e9).isCloseTo(27.5, within(0.5));
    }

    @ParameterizedTest
    @CsvSource({
        "'GPT-2 style (24 layers, 2048 wide, 16 heads, vocabulary 50,257)', true",
        "'own decoder of 24 layers, 2048 wide, vocabulary 50,257, gelu_new', true",
        "'own decoder of 24 layers, 2048 wide, vocabulary 50,257, GELU', false"
    })
    void takesGpt2OfAnySizeForWhatItIs(String model, boolean hasNewGelu) {
        Architecture shape = shape(model, 1.3, "");

        assertThat(shape.layers()).isEqualTo(24);
        assertThat(shape.hasNewGelu()).isEqualTo(hasNewGelu);
    }

    @ParameterizedTest
    @CsvSource({"Llama 3.1 8B, 8, 'layers=31 hidden=4096 vocab=32000, 8 of them adapted'"})
    void takesAModelThatIsKnownByItsName(String model, double billions, String notes) {
        assertThat(shape(model, billions, notes).layers()).isEqualTo(32);
    }

    @Test
    void takesNoSizesForAModelThatTheFormulasDoNotDescribe() {
        SampleRun run = SampleRun.with("model", "mamba-130m").set("notes", "layers=24 hidden=768 vocab=50280");

        assertThat(run.set("params_b", "0.13").read().architecture()).isNull();
    }

    private static Architecture shape(String model, double billions, String notes) {
        SampleRun run = SampleRun.with("model", model)
                .set("params_b", Double.toString(billions))
                .set("notes", notes);
        return Objects.requireNonNull(run.read().architecture());
    }
}
