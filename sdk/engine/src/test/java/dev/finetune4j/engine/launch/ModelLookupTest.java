package dev.finetune4j.engine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.engine.estimate.Architecture;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.spec.JobFile;
import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.spi.TextCodec;
import dev.finetune4j.spi.TextCodecFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLookupTest {
    private static final String SIZES = """
            "model_type": "llama", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
            "num_attention_heads": 4, "vocab_size": 256""";

    private static final ProblemKind DAMAGED =
            new ProblemKind("FT0499", "damaged", ExitCode.INVALID, "A test has damaged it.", "write it again");

    @TempDir
    Path folder;

    /** Errors of estimation are kept by family: those of a folder's model are no other's that reads alike. */
    @Test
    void aModelInAFolderIsOfTheFamilyThatItsConfigurationNames() throws IOException {
        assertThat(found("\"architectures\": [\"LlamaForCausalLM\"], " + SIZES).family())
                .isEqualTo("LlamaForCausalLM");
        assertThat(found(SIZES).family()).isEqualTo("decoder");
        assertThat(found("\"architectures\": [], " + SIZES).family()).isEqualTo("decoder");
        assertThat(found("\"architectures\": null, " + SIZES).family()).isEqualTo("decoder");
        assertThat(lookup("qwen3-1.7b").family()).isEqualTo("Qwen3ForCausalLM");
    }

    /** The same weights come as {@code BertModel} and as {@code BertForSequenceClassification}. */
    @Test
    void anEncoderInAFolderIsOfOneFamilyWhateverHeadItIsCalledAfter() throws IOException {
        String sizes = SIZES.replace("llama", "bert");

        assertThat(found("\"architectures\": [\"BertModel\"], " + sizes).family())
                .isEqualTo("BertForMaskedLM");
        assertThat(found("\"architectures\": [\"BertForSequenceClassification\"], " + sizes)
                        .family())
                .isEqualTo("BertForMaskedLM");
    }

    /** As the remedy of what cannot be read says. */
    @Test
    void whatIsSaidCountsWhereTheConfigurationCannotBeRead() throws IOException {
        Architecture said = Architecture.ofSizes(128, 4, 1000);
        String broken = SIZES.replace("\"hidden_size\": 64", "\"hidden_size\": -5");

        Problem problem = problem(() -> found(broken));
        assertThat(problem.code()).isEqualTo("FT0481");
        assertThat(problem.causes()).singleElement().asString().contains("hidden_size", "was -5");
        assertThat(problem.remedies()).containsExactly("finetune plan JOB --hidden-size C --layers L --vocabulary V");
        assertThat(lookup("own", said).architecture()).isEqualTo(said);
        assertThat(found(SIZES).architecture().hiddenSize()).isEqualTo(64);
        assertThat(lookup("own", said).architecture().hiddenSize()).isEqualTo(64);
    }

    @Test
    void theSizesOfAGgufFileAreThoseInIt() throws IOException {
        Architecture said = Architecture.ofSizes(128, 4, 1000);
        String config = "{\"architectures\": [\"LlamaForCausalLM\"], " + SIZES + "}";
        Path file = Files.writeString(folder.resolve("own.gguf"), config);

        ModelFacts facts = lookup("own.gguf", said);

        assertThat(facts.architecture().hiddenSize()).isEqualTo(64);
        assertThat(facts.modelClass()).contains("LlamaForCausalLM");
        assertThat(facts.storedBytes()).isEqualTo(Files.size(file));
    }

    @Test
    void whatIsWrongWithAGgufFileIsToldAndNotThatItBeFetched() throws IOException {
        Files.writeString(folder.resolve("own.gguf"), "cut short");
        Architecture said = Architecture.ofSizes(128, 4, 1000);

        assertThat(problem(() -> lookup("own.gguf")).code()).isEqualTo(DAMAGED.code());
        assertThat(lookup("own.gguf", said).architecture()).isEqualTo(said);
    }

    @Test
    void onlyWhatIsNotHereIsProposedToBeFetched() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));

        assertThat(problem(() -> lookup("hf:acme/secret")).remedies())
                .hasSize(2)
                .anyMatch(remedy -> remedy.startsWith("finetune check JOB"));
        Problem here = problem(() -> lookup("empty"));
        assertThat(here.causes())
                .containsExactly("it is not in the catalogue, and there is no config.json in " + empty);
        assertThat(here.remedies()).hasSize(1).noneMatch(remedy -> remedy.startsWith("finetune check"));
    }

    @Test
    void aModelOfAPackageIsProposedToBeFetched() {
        Problem problem = problem(() -> lookup("pypi:tiny-model==1.0!tiny/models/model.zip"));

        assertThat(problem.code()).isEqualTo("FT0481");
        assertThat(problem.remedies()).anyMatch(remedy -> remedy.startsWith("finetune check JOB"));
    }

    @Test
    void saysThatNothingIsAtAPathAndNotThatTheCatalogueLacksIt() {
        for (String path : List.of("none.gguf", "./none")) {
            Problem problem = problem(() -> lookup(path));

            assertThat(Problems.text(problem))
                    .contains(
                            "FT0494",
                            "there is no model at " + path,
                            folder.resolve(path).normalize().toString());
            assertThat(problem.remedies()).singleElement().asString().startsWith("ls -l ");
        }
        assertThat(problem(() -> lookup("qwen3-1.7c")).code()).isEqualTo("FT0480");
    }

    /** What is no text is in no character set, as an umlaut is not in that of the locale C. */
    @Test
    void saysSoWhereTheLocaleLacksACharacterOfAPath() {
        Problem problem = problem(() -> lookup("models/gr\uD800sse"));

        assertThat(problem.code()).isEqualTo("FT0494");
        assertThat(problem.remedies()).containsExactly("export LC_ALL=C.UTF-8");
    }

    private static Problem problem(ThrowingCallable call) {
        return catchThrowableOfType(FineTuneException.class, call).problems().get(0);
    }

    private ModelFacts found(String config) throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(folder.resolve("own/config.json"), "{" + config + "}");
        return lookup("own");
    }

    private ModelFacts lookup(String model) {
        return lookup(model, null);
    }

    private ModelFacts lookup(String model, @Nullable Architecture said) {
        FineTuneJob job = FineTuneJob.builder(
                        "a-test", ModelRef.parse(model), TaskSpec.of(TaskKind.CHAT), DataSpec.ofFile("rows.jsonl"))
                .build();
        return new ModelLookup(ModelCatalogue.shipped(), new NothingHere(), ConfigsAsFiles::new)
                .find(JobFile.of(job, folder), said);
    }

    /** The files are what their config.json would say. */
    private static final class ConfigsAsFiles implements TextCodecFactory {
        @Override
        public TextCodec open(ModelFiles model) {
            throw new IllegalStateException("a look-up reads no text");
        }

        @Override
        public Optional<String> config(Path model) {
            try {
                String text = Files.readString(model);
                if (!text.startsWith("{")) {
                    throw DAMAGED.error(model + " is damaged").asException();
                }
                return Optional.of(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** No model is on this machine, and none is to be had. */
    private static final class NothingHere implements ModelResolver {
        @Override
        public ModelFiles resolve(ModelRef model, Path baseFolder) {
            throw new IllegalStateException("a look-up fetches nothing");
        }

        @Override
        public Optional<ModelFiles> find(ModelRef model, Path baseFolder) {
            return Optional.empty();
        }
    }
}
