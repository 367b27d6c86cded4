package dev.finetune4j.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
    private static final Path PUBLISHED = Path.of("..", "..", "docs", "schema", "report.schema.json");

    @Test
    void comesBackAsItWas() {
        RunReport report = SampleRun.report();

        assertThat(ReportJson.read(ReportJson.write(report))).isEqualTo(report);
        assertThat(ReportJson.read(ReportJson.write(SampleRun.failed()))).isEqualTo(SampleRun.failed());
    }

    @Test
    void holdsTheJobAsAJobFileSpellsIt() throws IOException {
        JsonNode tree = Json.records().readTree(ReportJson.write(SampleRun.report()));

        assertThat(tree.at("/job/training/learning-rate").asDouble()).isEqualTo(5e-4);
        assertThat(Json.jobs().treeToValue(tree.get("job"), FineTuneJob.class)).isEqualTo(SampleRun.job());
    }

    /** {@code -Dgolden.rewrite=true} writes the schema anew. */
    @Test
    void publishedSchemaIsTheOneOfTheRecords() throws IOException {
        String schema = ReportSchema.generate();
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.createDirectories(PUBLISHED.getParent());
            Files.writeString(PUBLISHED, schema);
        }

        assertThat(PUBLISHED).hasContent(schema);
    }

    @Test
    void reportsAreValidByThePublishedSchema() throws IOException {
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Files.readString(PUBLISHED));
        JsonNode good = Json.records().readTree(ReportJson.write(SampleRun.report()));
        JsonNode failed = Json.records().readTree(ReportJson.write(SampleRun.failed()));
        ObjectNode damaged = good.deepCopy();
        damaged.put("state", "SUCCEEDED");
        ((ObjectNode) damaged.at("/evaluation/gate/clauses/0")).put("kind", "unheard-of");

        assertThat(schema.validate(good)).isEmpty();
        assertThat(schema.validate(failed)).isEmpty();
        assertThat(schema.validate(damaged)).isNotEmpty();
    }
}
