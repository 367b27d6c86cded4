package dev.finetune4j.aws.bedrock;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a model is customized on Bedrock, as a person says it. {@link BedrockRules} tells what of it the service would refuse.
 *
 * @param role ARN of the role that reads the rows and writes the figures
 * @param region where it happens, which is where the files lie; each model is tuned in some regions only
 * @param store where rows and figures go: {@code s3://BUCKET/PREFIX}
 * @param model the base model by its id for tuning, such as {@code amazon.nova-micro-v1:0:128k}
 * @param kmsKey key that the tuned model is encrypted with, or null for Amazon's own
 * @param subnets of the network in which the job reads its files; empty for none
 * @param securityGroups of the job in that network; empty for none
 * @param tags tags of the job and of its model besides finetune4j's own, value by key
 * @param hyperParameters the model's own hyperparameters by name, instead of what the job says
 */
public record BedrockOptions(
        String role,
        String region,
        String store,
        String model,
        @Nullable String kmsKey,
        List<String> subnets,
        List<String> securityGroups,
        Map<String, String> tags,
        Map<String, String> hyperParameters) {
    /** Copies the collections; a store may end with a slash. */
    public BedrockOptions {
        store = store.endsWith("/") ? store.substring(0, store.length() - 1) : store;
        subnets = List.copyOf(subnets);
        securityGroups = List.copyOf(securityGroups);
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        hyperParameters = Collections.unmodifiableMap(new TreeMap<>(hyperParameters));
    }

    /** Starts options with the defaults of all that has one. */
    public static Builder builder(String role, String region, String store, String model) {
        return new Builder(role, region, store, model);
    }

    /** Collects options that have defaults. */
    public static final class Builder {
        private final String role;
        private final String region;
        private final String store;
        private final String model;
        private @Nullable String kmsKey;
        private List<String> subnets = List.of();
        private List<String> securityGroups = List.of();
        private Map<String, String> tags = Map.of();
        private Map<String, String> hyperParameters = Map.of();

        Builder(String role, String region, String store, String model) {
            this.role = role;
            this.region = region;
            this.store = store;
            this.model = model;
        }

        /** See {@link BedrockOptions#kmsKey}. */
        public Builder kmsKey(@Nullable String value) {
            kmsKey = value;
            return this;
        }

        /** See {@link BedrockOptions#subnets} and {@link BedrockOptions#securityGroups}. */
        public Builder network(List<String> inSubnets, List<String> groups) {
            subnets = List.copyOf(inSubnets);
            securityGroups = List.copyOf(groups);
            return this;
        }

        /** See {@link BedrockOptions#tags}. */
        public Builder tags(Map<String, String> values) {
            tags = Collections.unmodifiableMap(new LinkedHashMap<>(values));
            return this;
        }

        /** See {@link BedrockOptions#hyperParameters}. */
        public Builder hyperParameters(Map<String, String> values) {
            hyperParameters = Map.copyOf(values);
            return this;
        }

        /** The finished options. */
        public BedrockOptions build() {
            return new BedrockOptions(
                    role, region, store, model, kmsKey, subnets, securityGroups, tags, hyperParameters);
        }
    }
}
