package dev.finetune4j.aws.jumpstart;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a model of the hub is tuned, as a person says it. {@link JumpStartRules} tells what of it the service would refuse.
 *
 * @param role ARN of the role that the job runs as
 * @param region where it runs, which is where its files lie
 * @param store where rows and results go: {@code s3://BUCKET/PREFIX}
 * @param model the model's id in the hub
 * @param version the document's version, or null for the newest
 * @param machine type of the machine, or null for the one that the document names
 * @param acceptsLicence whether the person accepts the model's end-user licence agreement; never unless they say so
 * @param kmsKey key that results, and a disk that does not come with the machine, are encrypted with; null for the account's own
 * @param subnets of the network that the container joins; empty for none
 * @param securityGroups of the container in that network; empty for none
 * @param tags tags of the job besides finetune4j's own, value by key
 * @param hyperParameters the script's own hyperparameters by name, instead of what the job says
 */
record JumpStartOptions(
        String role,
        String region,
        String store,
        String model,
        @Nullable String version,
        @Nullable String machine,
        boolean acceptsLicence,
        @Nullable String kmsKey,
        List<String> subnets,
        List<String> securityGroups,
        Map<String, String> tags,
        Map<String, String> hyperParameters) {
    /** Copies the collections; a store may end with a slash. */
    JumpStartOptions {
        store = store.endsWith("/") ? store.substring(0, store.length() - 1) : store;
        subnets = List.copyOf(subnets);
        securityGroups = List.copyOf(securityGroups);
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        hyperParameters = Collections.unmodifiableMap(new TreeMap<>(hyperParameters));
    }

    /** The machine for a model. */
    String machineFor(HubDocument document) {
        return machine == null ? document.usualMachine() : machine;
    }
}
