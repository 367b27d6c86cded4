package dev.finetune4j.offlinecloud.azure.resources;

import dev.finetune4j.offlinecloud.wire.ServiceError;

/** What is refused of a resource before a deployment begins, which its provider is asked of all at once. */
@FunctionalInterface
interface Preflight {
    /**
     * Refuses a resource, where it is of its own type.
     *
     * @param id as the template comes to it
     * @throws ServiceError what its provider would say
     */
    void check(String id) throws ServiceError;
}
