package dev.finetune4j.engine.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.UnaryOperator;

/**
 * The report as JSON. Keys are in camelCase except within {@code job}, which is spelled as in a job file, so that it can be cut
 * out and run again.
 */
public final class ReportJson {
    private static final String JOB = "job";

    private ReportJson() {}

    /** The report, indented, with a line break at its end. */
    public static String write(RunReport report) {
        return Json.pretty(tree(report)) + "\n";
    }

    /** The report as it is after its JSON was changed, such as by taking secrets out of every text in it. */
    public static RunReport rewrite(RunReport report, UnaryOperator<JsonNode> change) {
        return read(change.apply(tree(report)).toString());
    }

    private static ObjectNode tree(RunReport report) {
        ObjectNode tree = Json.records().valueToTree(report);
        tree.set(JOB, Json.jobs().<JsonNode>valueToTree(report.job()));
        return tree;
    }

    /**
     * Reads a report back.
     *
     * @throws UncheckedIOException if the text is not JSON or not of that shape
     */
    public static RunReport read(String json) {
        try {
            if (!(Json.records().readTree(json) instanceof ObjectNode tree)
                    || !tree.path(JOB).isObject()) {
                throw new UncheckedIOException(new IOException("a report must be a JSON object with a job"));
            }
            FineTuneJob job = Json.jobs().treeToValue(tree.get(JOB), FineTuneJob.class);
            tree.set(JOB, Json.records().<JsonNode>valueToTree(job));
            return Json.records().treeToValue(tree, RunReport.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
