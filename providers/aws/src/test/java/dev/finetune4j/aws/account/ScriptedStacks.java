package dev.finetune4j.aws.account;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.QueryService;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * CloudFormation with one stack, whose template is its parameters: what differs from the ones before is a change, and each change takes a
 * look to be worked out and one to be made. An output tells the parameters.
 */
final class ScriptedStacks implements QueryService {
    private static final String VERSION = "2010-05-15";

    private final Map<String, Map<String, String>> wishedByChangeSet = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private Map<String, String> made = Map.of();
    private String status = "";
    private String next = "";
    private String failure = "";
    private boolean refusesNothing;

    /** From now on no change can be made, for a reason. */
    void fail(String reason) {
        failure = reason;
    }

    /** From now on a change set of nothing is not made, instead of one that fails. */
    void refuseChangesOfNothing() {
        refusesNothing = true;
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    /** How the stack is; empty where there is none. */
    String status() {
        return status;
    }

    @Override
    public String signingName() {
        return "cloudformation";
    }

    @Override
    public String namespace() {
        return "http://cloudformation.amazonaws.com/doc/" + VERSION + "/";
    }

    @Override
    public List<Access> accesses(String operation, Map<String, String> parameters) {
        return List.of(Access.to("cloudformation:" + operation, "*"));
    }

    @Override
    public synchronized Xml answer(String operation, Map<String, String> parameters, String session)
            throws ServiceError {
        calls.add(operation);
        String name = parameters.getOrDefault("ChangeSetName", "");
        return switch (operation) {
            case "DescribeStacks" -> stacks();
            case "CreateChangeSet" -> create(name, parameters);
            case "DescribeChangeSet" -> changeSet(name);
            case "ExecuteChangeSet" -> execute(name);
            case "DeleteChangeSet", "DeleteStack" -> delete(operation, name);
            case "DescribeStackEvents" -> events();
            default -> throw QueryService.unknown(operation, VERSION);
        };
    }

    private Xml stacks() throws ServiceError {
        if (status.isEmpty()) {
            throw ServiceError.of("ValidationError", "Stack with id finetune4j does not exist");
        }
        Xml stack = Xml.of(
                "member",
                List.of(
                        Xml.of("StackName", "finetune4j"),
                        Xml.of("StackStatus", status),
                        Xml.of("Parameters", members(made, "ParameterKey", "ParameterValue")),
                        Xml.of("Outputs", members(Map.of("JobFile", "places: " + made), "OutputKey", "OutputValue"))));
        if (!next.isEmpty()) {
            status = next;
            next = "";
        }
        return Xml.of("DescribeStacksResult", List.of(Xml.of("Stacks", List.of(stack))));
    }

    private static List<Xml> members(Map<String, String> values, String key, String value) {
        return values.entrySet().stream()
                .map(entry -> Xml.of("member", List.of(Xml.of(key, entry.getKey()), Xml.of(value, entry.getValue()))))
                .toList();
    }

    private Xml create(String name, Map<String, String> parameters) throws ServiceError {
        boolean isNew = status.isEmpty() || status.equals("REVIEW_IN_PROGRESS");
        if (isNew != parameters.getOrDefault("ChangeSetType", "").equals("CREATE")) {
            throw ServiceError.of("ValidationError", "Stack [finetune4j] already exists, or does not");
        }
        if (!parameters.getOrDefault("Capabilities.member.1", "").equals("CAPABILITY_IAM")) {
            throw ServiceError.of("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_IAM]");
        }
        Map<String, String> wished = new TreeMap<>();
        for (int i = 1; parameters.containsKey("Parameters.member." + i + ".ParameterKey"); i++) {
            String member = "Parameters.member." + i + ".";
            String key = parameters.get(member + "ParameterKey");
            boolean isKept = Boolean.parseBoolean(parameters.get(member + "UsePreviousValue"));
            wished.put(
                    key, isKept ? made.getOrDefault(key, "") : parameters.getOrDefault(member + "ParameterValue", ""));
        }
        if (refusesNothing && !isNew && wished.equals(made)) {
            throw ServiceError.of("ValidationError", "No updates are to be performed.");
        }
        wishedByChangeSet.put(name, wished);
        if (isNew) {
            status = "REVIEW_IN_PROGRESS";
        }
        return Xml.of("CreateChangeSetResult", List.of(Xml.of("Id", name)));
    }

    private Xml changeSet(String name) {
        Map<String, String> wished = wishedByChangeSet.getOrDefault(name, Map.of());
        if (calls.stream().filter("DescribeChangeSet"::equals).count() % 2 == 1) {
            return Xml.of("DescribeChangeSetResult", List.of(Xml.of("Status", "CREATE_IN_PROGRESS")));
        }
        if (wished.equals(made) && !status.equals("REVIEW_IN_PROGRESS")) {
            return Xml.of(
                    "DescribeChangeSetResult",
                    List.of(
                            Xml.of("Status", "FAILED"),
                            Xml.of("StatusReason", "The submitted information didn't contain changes.")));
        }
        Xml change = Xml.of(
                "ResourceChange",
                List.of(
                        Xml.of("Action", status.equals("REVIEW_IN_PROGRESS") ? "Add" : "Modify"),
                        Xml.of("LogicalResourceId", "Bucket"),
                        Xml.of("ResourceType", "AWS::S3::Bucket")));
        return Xml.of(
                "DescribeChangeSetResult",
                List.of(
                        Xml.of("Status", "CREATE_COMPLETE"),
                        Xml.of("Changes", List.of(Xml.of("member", List.of(change))))));
    }

    private Xml execute(String name) {
        boolean isNew = status.equals("REVIEW_IN_PROGRESS");
        status = isNew ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS";
        if (failure.isEmpty()) {
            made = wishedByChangeSet.getOrDefault(name, Map.of());
            next = isNew ? "CREATE_COMPLETE" : "UPDATE_COMPLETE";
        } else {
            next = isNew ? "ROLLBACK_COMPLETE" : "UPDATE_ROLLBACK_COMPLETE";
        }
        wishedByChangeSet.remove(name);
        return Xml.of("ExecuteChangeSetResult", "");
    }

    private Xml delete(String operation, String name) {
        wishedByChangeSet.remove(name);
        if (operation.equals("DeleteStack")) {
            status = "";
        }
        return Xml.of(operation + "Result", "");
    }

    /** The newest first. */
    private Xml events() {
        return Xml.of(
                "DescribeStackEventsResult",
                List.of(Xml.of(
                        "StackEvents",
                        List.of(
                                event("Key", "CREATE_FAILED", "Resource creation cancelled"),
                                event("Bucket", "CREATE_FAILED", failure),
                                event("Bucket", "CREATE_IN_PROGRESS", "")))));
    }

    private static Xml event(String resource, String resourceStatus, String reason) {
        return Xml.of(
                "member",
                List.of(
                        Xml.of("LogicalResourceId", resource),
                        Xml.of("ResourceStatus", resourceStatus),
                        Xml.of("ResourceStatusReason", reason)));
    }
}
