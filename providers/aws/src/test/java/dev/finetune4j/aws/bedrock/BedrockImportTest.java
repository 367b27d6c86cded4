package dev.finetune4j.aws.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.PriceTrust;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.Leftover;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Provider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models that were trained elsewhere are sent as they lie here, brought in once, and refused before they are sent where they would be. */
class BedrockImportTest extends HostedPlace {
    private Path model;

    @BeforeEach
    void writeAModel() throws IOException {
        model = model(folder.resolve("model"), "LlamaForCausalLM", "BF16");
    }

    @Test
    void bringsAModelInOnce() throws Exception {
        HostingOrder order = order(1);
        List<PlannedCall> planned = hosting.plannedCalls(order);
        assertThat(aws.calls("PutObject")).isEmpty();
        aws.faults().loseAnswer("CreateModelImportJob", 1);

        HostedModel coming = hosting.host(order);
        int asked = aws.calls("GetModelImportJob").size();
        HostedModel again = hosting.host(order);
        assertThat(aws.calls("GetModelImportJob"))
                .as("what was found is not asked for again")
                .hasSize(asked + 1);

        assertThat(coming.state()).isEqualTo(HostedModel.State.CREATING);
        assertThat(again).isEqualTo(coming);
        assertThat(aws.calls("CreateModelImportJob").stream()
                        .map(call -> call.request().path("clientRequestToken").asText())
                        .distinct())
                .as("asked for again by the same token, for which there is one job")
                .hasSize(1);
        assertThat(Json.records().readTree(planned.get(1).content()))
                .isEqualTo(aws.calls("CreateModelImportJob").get(0).request());
        assertThat(hosting.find(ID)).containsExactly(coming);
        assertThatThrownBy(() -> hosting.end(coming)).hasMessageContaining("FT0903");
        place.clock.advance(Duration.ofMinutes(6));
        assertActive(":imported-model/", "4.71 USD");
    }

    @Test
    void itsFilesAreNotFreeUntilItIsThere() {
        hosting.host(order(1));

        assertThat(staged()).containsExactly("a job that has not ended");
        place.clock.advance(Duration.ofHours(2));
        assertThat(staged()).containsExactly("");
    }

    private List<String> staged() {
        return provider.leftovers().orElseThrow().stream()
                .filter(one -> one.reference().contains("/inputs/bedrock/"))
                .map(Leftover::use)
                .toList();
    }

    @Test
    void tellsWhereItsPriceStands() {
        HostingWay way = hosting.importWay().orElseThrow();

        assertThat(Objects.requireNonNull(way.perHour()).date()).isEqualTo(LocalDate.of(2025, 2, 28));
        assertThat(way.perHour().source()).isEqualTo("Amazon Bedrock pricing page, 0.0785 USD a minute");
        assertThat(way.perHour().trust()).isEqualTo(PriceTrust.QUOTED);
        assertThat(BedrockPrices.shipped().imported().unit().amount()).isEqualByComparingTo("4.71");
        assertThat(way.notes().get(0)).contains("3.4308 USD");
        assertThat(way.notes().get(1)).endsWith("each costs 1.95 USD a month for being kept");
    }

    @Test
    void endsItAndBringsItInAnewUnderTheNextName() {
        hosting.host(order(1));
        place.clock.advance(Duration.ofMinutes(6));
        hosting.find(ID).forEach(hosting::end);
        assertThat(hosting.find(ID)).isEmpty();

        hosting.host(order(2));
        place.clock.advance(Duration.ofMinutes(6));

        assertThat(hosting.find(ID)).extracting(HostedModel::state).containsExactly(HostedModel.State.ACTIVE);
        assertThat(aws.calls("CreateModelImportJob")
                        .get(1)
                        .request()
                        .path("jobName")
                        .asText())
                .isEqualTo(ID + "-2");
    }

    /** What only the weights show, the service finds out, minutes later. */
    @Test
    void tellsWhyItFailedUntilThatIsSeen() throws IOException {
        model = model(folder.resolve("other"), "LlamaForCausalLM", "F64");
        hosting.host(order(1));
        place.clock.advance(Duration.ofMinutes(6));

        HostedModel failed = hosting.find(ID).get(0);

        assertThat(failed.state()).isEqualTo(HostedModel.State.FAILED);
        assertThat(Objects.requireNonNull(failed.problem()).causes())
                .first()
                .asString()
                .contains("F64");
        hosting.end(failed);
        assertThat(hosting.find(ID)).isEmpty();
    }

    @Test
    void refusesBeforeAnythingIsSent() throws IOException {
        Map<String, String> settings = new HashMap<>(TuningPlace.SETTINGS);
        settings.put("region", "eu-west-1");
        Path bert = model(folder.resolve("bert"), "BertForSequenceClassification", "F32");
        try (Provider elsewhere = place.openWith(settings)) {
            assertThat(elsewhere.hosting().orElseThrow().importRefusals(bert))
                    .extracting(problem -> problem.code() + " " + problem.summary())
                    .containsExactly(
                            "FT0909 Bedrock takes no models in in eu-west-1",
                            "FT0909 Bedrock takes no model in whose architecture is BertForSequenceClassification");
        }
        assertThat(hosting.importRefusals(Files.writeString(folder.resolve("model.gguf"), "GGUF")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.causes().get(0)).contains("a GGUF file is none"));
        assertThat(hosting.importRefusals(model)).isEmpty();
        assertThat(hosting.importRefusals(folder))
                .extracting(Problem::summary)
                .containsExactly(
                        "Bedrock takes no model in whose architecture is not told in a config.json",
                        "Bedrock takes no model in without tokenizer.json and tokenizer_config.json");
        HostingOrder two = new HostingOrder(ID, "import", 2, 1).bringing(model);
        assertThatThrownBy(() -> hosting.host(two)).hasMessageContaining("FT0908");
        model = bert;
        assertThatThrownBy(() -> hosting.host(order(1))).hasMessageContaining("FT0909");
        assertThat(aws.calls("PutObject")).isEmpty();
        assertThat(aws.calls("CreateModelImportJob")).isEmpty();
    }

    private HostingOrder order(int time) {
        return new HostingOrder(ID, "import", 1, time).bringing(model);
    }

    /** A model with one tensor of four bytes. */
    static Path model(Path folder, String architecture, String type) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{\"architectures\": [\"" + architecture + "\"]}");
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        Files.writeString(folder.resolve("tokenizer_config.json"), "{}");
        byte[] head = ("{\"w\": {\"dtype\": \"" + type + "\", \"shape\": [2], \"data_offsets\": [0, 4]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + head.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve("model.safetensors"),
                file.putLong(head.length).put(head).array());
        return folder;
    }
}
