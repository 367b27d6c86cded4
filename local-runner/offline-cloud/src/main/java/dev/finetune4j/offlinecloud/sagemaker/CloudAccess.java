package dev.finetune4j.offlinecloud.sagemaker;

import java.util.Map;

/** How what runs in a container gets at the services around it. Called by several threads. */
@FunctionalInterface
public interface CloudAccess {
    /** There are no services around it. */
    CloudAccess NONE = role -> Map.of();

    /**
     * Variables by which any client of Amazon's finds the services, and acts as a role.
     *
     * @param role ARN of the job's role
     */
    Map<String, String> variables(String role);
}
