package dev.finetune4j.azure.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The roles that whoever calls was assigned for a resource group, also above it and in it: to own the group is enough to see them. */
public final class RoleAssignments {
    private static final String VERSION = "2022-04-01";

    private final AzureConnection connection;
    private final String path;

    /**
     * The roles for a group.
     *
     * @param subscription GUID of the subscription
     * @param group name of the resource group
     */
    public RoleAssignments(AzureConnection connection, String subscription, String group) {
        this.connection = connection;
        path = "/subscriptions/" + subscription + "/resourceGroups/" + group
                + "/providers/Microsoft.Authorization/roleAssignments";
    }

    /** When the last one was assigned; empty where there is none, or the caller may not see them. */
    public Optional<Instant> last() {
        try {
            return Caller.of(connection).flatMap(caller -> last(caller.id()));
        } catch (RuntimeException e) {
            return Optional.empty(); // what is asked for is told by what was refused
        }
    }

    private Optional<Instant> last(String caller) {
        return new ArmResources(connection, VERSION)
                .list(path + "?$filter=assignedTo('" + caller + "')").stream()
                        .map(RoleAssignments::assignedAt)
                        .flatMap(Optional::stream)
                        .max(Instant::compareTo);
    }

    private static Optional<Instant> assignedAt(JsonNode assignment) {
        try {
            return Optional.of(
                    Instant.parse(assignment.at("/properties/createdOn").asText()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
