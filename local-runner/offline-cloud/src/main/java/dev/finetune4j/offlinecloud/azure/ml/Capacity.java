package dev.finetune4j.offlinecloud.azure.ml;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What of machines a subscription can have in its region, as anybody may ask. */
final class Capacity {
    private static final int OK = 200;

    private final Workspace workspace;
    private final Supplier<Map<String, Integer>> limits;
    private final Supplier<Map<String, Integer>> used;

    /**
     * The figures.
     *
     * @param limits cores by family
     * @param used cores by family that jobs have now
     */
    Capacity(Workspace workspace, Supplier<Map<String, Integer>> limits, Supplier<Map<String, Integer>> used) {
        this.workspace = workspace;
        this.limits = limits;
        this.used = used;
    }

    /** What can be asked for. */
    List<Operation> operations() {
        String path = Workspace.LOCATION_PATH;
        return List.of(
                Operation.management("Usages_List", "GET", path + "/usages", call -> usages()),
                Operation.management("Quotas_List", "GET", path + "/quotas", call -> quotas()),
                Operation.management("VirtualMachineSizes_List", "GET", path + "/vmSizes", call -> sizes()));
    }

    private Answer usages() {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        Map<String, Integer> now = used.get();
        limits.get()
                .forEach((family, limit) ->
                        all.add(figure("Usages", family, limit).put("currentValue", now.getOrDefault(family, 0))));
        return AzureProtocol.json(OK, answer);
    }

    private Answer quotas() {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        limits.get().forEach((family, limit) -> all.add(figure("Quotas", family, limit)));
        return AzureProtocol.json(OK, answer);
    }

    private ObjectNode figure(String kind, String family, int limit) {
        String name = CoreQuotas.named(family);
        ObjectNode figure = Json.records()
                .createObjectNode()
                .put(
                        "id",
                        "/subscriptions/" + workspace.subscription()
                                + "/providers/Microsoft.MachineLearningServices/locations/" + workspace.region() + "/"
                                + kind.toLowerCase(Locale.ROOT) + "/" + name.replace(' ', '_'))
                .put("type", "Microsoft.MachineLearningServices/" + kind)
                .put("unit", "Count")
                .put("limit", limit);
        figure.putObject("name").put("value", name).put("localizedValue", name);
        return figure;
    }

    private static Answer sizes() {
        ObjectNode answer = Json.records().createObjectNode();
        ArrayNode all = answer.putArray("value");
        for (VmSize size : VmSize.ALL) {
            ObjectNode one = all.addObject()
                    .put("name", size.name())
                    .put("family", size.family())
                    .put("vCPUs", size.vCPUs())
                    .put("gpus", size.gpus())
                    .put("memoryGB", size.memoryGB())
                    .put("lowPriorityCapable", true)
                    .put("premiumIO", true);
            one.putArray("supportedComputeTypes").add("AmlCompute").add("ComputeInstance");
        }
        return AzureProtocol.json(OK, answer);
    }
}
