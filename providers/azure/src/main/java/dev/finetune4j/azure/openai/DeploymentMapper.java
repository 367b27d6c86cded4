package dev.finetune4j.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From an order to the bodies that deploy a tuned model, and its base model beside it. Asks nobody; the same order gives the same bodies each time. */
final class DeploymentMapper {
    /** The only version that a tuned model has. */
    private static final String TUNED_VERSION = "1";

    /** What jobs call a base model ends with its version. */
    private static final Pattern VERSIONED = Pattern.compile("(.+)-(\\d{4}-\\d{2}-\\d{2}|\\d{4})");

    private static final String BASE = "-base";
    private static final int LONGEST_NAME = 64;
    private static final int DIGEST = 16;

    private final HostingOrder order;
    private final AzureOpenAiOptions options;

    DeploymentMapper(HostingOrder order, AzureOpenAiOptions options) {
        this.order = order;
        this.options = options;
    }

    /** The deployment's name: the same for all orders of a run, so that no two are there at once. */
    static String name(RunId run) {
        return run.value().length() <= LONGEST_NAME ? run.value() : shortened(run, LONGEST_NAME);
    }

    /** Name of the base model's deployment beside it. */
    static String baseName(RunId run) {
        int room = LONGEST_NAME - BASE.length();
        return (run.value().length() <= room ? run.value() : shortened(run, room)) + BASE;
    }

    private static String shortened(RunId run, int room) {
        String digest =
                Json.sha256(run.value().getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST);
        return run.value().substring(0, room - DIGEST - 1) + "-" + digest;
    }

    /** What tells an order from others of the run. */
    String token() {
        return Json.sha256(Json.line(order).getBytes(StandardCharsets.UTF_8));
    }

    /** @param model the service's name of the tuned model */
    ObjectNode tuned(String model) {
        ObjectNode body = body(DeploymentWays.sku(order.way()), model, TUNED_VERSION);
        body.putObject("tags").put(Submission.RUN_LABEL, order.run().value()).put(Deployed.ORDER_TAG, token());
        return body;
    }

    /**
     * The base model, which answers in the same scope, as far as there is one for it.
     *
     * @param serviceModel what jobs call it
     * @return empty where that does not tell its version
     */
    Optional<ObjectNode> base(String serviceModel) {
        Matcher parts = VERSIONED.matcher(serviceModel);
        if (!parts.matches()) {
            return Optional.empty();
        }
        ObjectNode body = body(DeploymentWays.baseSku(order.way()), parts.group(1), parts.group(2));
        body.putObject("tags").put(Deployed.BASE_TAG, order.run().value());
        return Optional.of(body);
    }

    /** The name under which deployments tell a base model. */
    static String deployedName(String serviceModel) {
        Matcher parts = VERSIONED.matcher(serviceModel);
        return parts.matches() ? parts.group(1) : serviceModel;
    }

    private ObjectNode body(String sku, String model, String version) {
        ObjectNode body = Json.records().createObjectNode();
        body.putObject("sku").put("name", sku).put("capacity", options.capacity());
        body.putObject("properties")
                .putObject("model")
                .put("format", "OpenAI")
                .put("name", model)
                .put("version", version);
        return body;
    }
}
