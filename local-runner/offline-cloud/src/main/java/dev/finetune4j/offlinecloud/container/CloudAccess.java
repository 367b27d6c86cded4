package dev.finetune4j.offlinecloud.container;

import java.util.Map;

/** How what runs in a container gets at the services around it. Called by several threads. */
@FunctionalInterface
public interface CloudAccess {
    /** There are no services around it. */
    CloudAccess NONE = identity -> Map.of();

    /**
     * Variables by which any client of the cloud finds the services, and acts as the job does.
     *
     * @param identity whom the job acts as: at Amazon the ARN of its role, at Azure its own id
     */
    Map<String, String> variables(String identity);
}
