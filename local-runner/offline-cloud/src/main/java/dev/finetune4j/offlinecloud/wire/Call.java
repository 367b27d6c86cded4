package dev.finetune4j.offlinecloud.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A request that arrived.
 *
 * @param operation what it asked for
 * @param request its body
 * @param status HTTP status of the answer, 0 where the connection was closed instead
 * @param hadEffect whether the service took it and did not refuse
 */
public record Call(String operation, ObjectNode request, int status, boolean hadEffect) {}
