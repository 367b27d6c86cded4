package dev.finetune4j.azure.internal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.ProblemKind;
import dev.finetune4j.error.Retry;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Roles that were assigned: of whoever calls at a place in the resource manager, also above it and in it, and of anybody at one resource. To own the
 * place is enough to see them. A role that was assigned a moment ago is not known everywhere, and who is refused meanwhile is asked to come again.
 */
public final class RoleAssignments {
    private static final String VERSION = "2022-04-01";
    private static final String ALL = "/providers/Microsoft.Authorization/roleAssignments";

    /** How long Azure takes at most until a role is known everywhere. */
    private static final Duration ON_THEIR_WAY = Duration.ofMinutes(10);

    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final AzureConnection connection;
    private final String path;

    /**
     * The roles at a place.
     *
     * @param place path of a resource or a resource group
     */
    public RoleAssignments(AzureConnection connection, String place) {
        this.connection = connection;
        path = place + ALL;
    }

    /**
     * What a call was refused with, and where a role is on its way, the advice to come again soon.
     *
     * @param denied what is told where a role is missing
     * @param roles asked only then; empty where nobody knows the place
     */
    public static FineTuneException awaited(
            FineTuneException refusal,
            Set<ProblemKind> denied,
            Supplier<Optional<RoleAssignments>> roles,
            Instant now) {
        if (refusal.problems().stream().noneMatch(problem -> denied.contains(problem.kind()))) {
            return refusal;
        }
        return roles.get()
                .flatMap(RoleAssignments::last)
                .filter(assigned -> assigned.plus(ON_THEIR_WAY).isAfter(now))
                .map(assigned -> new FineTuneException(
                        refusal.problems().stream()
                                .map(problem -> denied.contains(problem.kind()) ? awaited(problem, assigned) : problem)
                                .toList(),
                        refusal))
                .orElse(refusal);
    }

    private static Problem awaited(Problem problem, Instant assigned) {
        List<String> causes = new ArrayList<>();
        causes.add("a role was assigned at " + assigned + ", and is not known everywhere yet");
        causes.addAll(problem.causes());
        return problem.withCauses(causes).with(Retry.after(PAUSE));
    }

    /** When the last one was assigned; empty where there is none, or the caller may not see them. */
    private Optional<Instant> last() {
        try {
            return Caller.of(connection).flatMap(caller -> last(caller.id()));
        } catch (RuntimeException e) {
            return Optional.empty(); // what is asked for is told by what was refused
        }
    }

    /**
     * Whether somebody has a role by an assignment at one resource itself, whatever the assignment is called; false where that cannot be seen.
     *
     * @param scope id of the resource
     * @param principal object id of whoever has it
     * @param role GUID of the role
     */
    public boolean isAssigned(String scope, String principal, String role) {
        try {
            return new ArmResources(connection, VERSION)
                    .list(scope + ALL + "?$filter=principalId%20eq%20'" + principal + "'").stream()
                            .map(assignment -> assignment.path("properties"))
                            .anyMatch(one -> one.path("scope").asText().equalsIgnoreCase(scope)
                                    && one.path("roleDefinitionId").asText().endsWith("/" + role));
        } catch (RuntimeException e) {
            return false; // whoever assigns it again is told
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
