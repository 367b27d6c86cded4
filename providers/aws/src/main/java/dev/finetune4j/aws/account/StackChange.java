package dev.finetune4j.aws.account;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.AwsFailure;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.AccountFounder.Change;
import dev.finetune4j.spi.AccountFounder.Founding;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.cloudformation.model.StackStatus;

/** A change set of the stack of an account. */
final class StackChange implements Founding {
    static final String STACK = "finetune4j";

    /** The output with what a job file says. */
    private static final String JOB_FILE = "JobFile";

    /** Twenty minutes, at the pace of people who wait. */
    private static final int LOOKS = 400;

    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final CloudFormationClient client;
    private final String region;
    private final String changeSet;
    private final Duration betweenLooks;
    private List<Change> changes = List.of();
    private boolean isNew;
    private boolean isOpen;

    /**
     * A change that is not worked out yet.
     *
     * @param clock names it
     * @param betweenLooks how long to wait before the next look at what CloudFormation is doing
     */
    StackChange(CloudFormationClient client, String region, Clock clock, Duration betweenLooks) {
        this.client = client;
        this.region = region;
        this.betweenLooks = betweenLooks;
        changeSet = STACK + "-" + clock.instant().toEpochMilli();
    }

    /** Has the changes worked out. */
    void prepare(String template, Map<String, String> wishes) {
        Stack there = stack();
        refuseRuin(there);
        isNew = there == null || there.stackStatus() == StackStatus.REVIEW_IN_PROGRESS;
        List<Parameter> parameters = parameters(isNew ? null : there, wishes);
        isOpen = begin(template, parameters);
        if (!isOpen) {
            return;
        }
        DescribeChangeSetResponse set = workedOut();
        if (set.statusAsString().equals("FAILED")) {
            String reason = String.valueOf(set.statusReason());
            if (isNothingToDo(reason)) {
                return;
            }
            throw AccountProblems.NOT_MADE
                    .error("CloudFormation does not take the change of the stack " + STACK)
                    .because(reason)
                    .asException();
        }
        changes = set.changes().stream()
                .map(change -> new Change(
                        change.resourceChange().actionAsString().toLowerCase(Locale.ROOT),
                        change.resourceChange().logicalResourceId(),
                        change.resourceChange().resourceType()))
                .toList();
    }

    /** Whether there is a change set: nothing to do is told by one that failed, or by refusing to make one. */
    private boolean begin(String template, List<Parameter> parameters) {
        try {
            client.createChangeSet(request -> request.stackName(STACK)
                    .changeSetName(changeSet)
                    .changeSetType(isNew ? ChangeSetType.CREATE : ChangeSetType.UPDATE)
                    .templateBody(template)
                    .parameters(parameters)
                    .capabilities(Capability.CAPABILITY_IAM));
            return true;
        } catch (SdkException e) {
            if (isNothingToDo(AwsConnection.reason(e))) {
                return false;
            }
            throw told(e);
        }
    }

    private static boolean isNothingToDo(String reason) {
        return reason.contains("didn't contain changes") || reason.contains("No updates are to be performed");
    }

    /** A stack that could not be made stays as a ruin until somebody removes it. */
    private static void refuseRuin(@Nullable Stack stack) {
        if (stack != null && stack.stackStatus() == StackStatus.ROLLBACK_COMPLETE) {
            throw AccountProblems.NOT_MADE
                    .error("the stack " + STACK + " is what is left of one that could not be made")
                    .remedy("aws cloudformation delete-stack --stack-name " + STACK)
                    .asException();
        }
    }

    private static List<Parameter> parameters(@Nullable Stack there, Map<String, String> wishes) {
        List<Parameter> parameters = new ArrayList<>();
        wishes.forEach((name, value) -> parameters.add(
                Parameter.builder().parameterKey(name).parameterValue(value).build()));
        if (there != null) {
            there.parameters().stream()
                    .map(Parameter::parameterKey)
                    .filter(name -> !wishes.containsKey(name))
                    .forEach(name -> parameters.add(Parameter.builder()
                            .parameterKey(name)
                            .usePreviousValue(true)
                            .build()));
        }
        return parameters;
    }

    private DescribeChangeSetResponse workedOut() {
        for (int look = 0; look < LOOKS; look++) {
            DescribeChangeSetResponse set = make(() ->
                    client.describeChangeSet(request -> request.stackName(STACK).changeSetName(changeSet)));
            if (!set.statusAsString().matches("CREATE_(PENDING|IN_PROGRESS)")) {
                return set;
            }
            pause();
        }
        throw AccountProblems.UNREACHABLE
                .error("CloudFormation does not work out the change of the stack " + STACK)
                .retry(Retry.after(PAUSE))
                .asException();
    }

    private void pause() {
        try {
            Thread.sleep(betweenLooks.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AccountProblems.UNREACHABLE
                    .error("waiting for CloudFormation was interrupted")
                    .asException();
        }
    }

    @Override
    public String place() {
        return "stack " + STACK + " in " + region;
    }

    @Override
    public List<Change> changes() {
        return changes;
    }

    @Override
    public String carryOut() {
        if (!changes.isEmpty()) {
            make(() ->
                    client.executeChangeSet(request -> request.stackName(STACK).changeSetName(changeSet)));
            isOpen = false;
            await();
        }
        Stack stack = stack();
        return Optional.ofNullable(stack).map(Stack::outputs).orElse(List.of()).stream()
                .filter(output -> output.outputKey().equals(JOB_FILE))
                .map(Output::outputValue)
                .findFirst()
                .orElseThrow(() -> AccountProblems.NOT_MADE
                        .error("the stack " + STACK + " does not say " + JOB_FILE)
                        .because("it is " + (stack == null ? "not there" : stack.stackStatusAsString()))
                        .asException());
    }

    private void await() {
        for (int look = 0; look < LOOKS; look++) {
            Stack stack = stack();
            String status = stack == null ? "" : stack.stackStatusAsString();
            if (status.matches("(CREATE|UPDATE)_COMPLETE(_CLEANUP_IN_PROGRESS)?")) {
                return;
            }
            if (!status.endsWith("_IN_PROGRESS")) {
                throw AccountProblems.NOT_MADE
                        .error("the stack " + STACK + " could not be made; it is " + status)
                        .because(firstFailure())
                        .asException();
            }
            pause();
        }
        throw AccountProblems.UNREACHABLE
                .error("CloudFormation is not done with the stack " + STACK)
                .asException();
    }

    /** The last in the list, which begins with the newest: the others failed for its sake. */
    private String firstFailure() {
        return make(
                () -> client.describeStackEventsPaginator(request -> request.stackName(STACK)).stackEvents().stream()
                        .filter(event -> event.resourceStatusAsString().endsWith("_FAILED"))
                        .reduce((newer, older) -> older)
                        .map(StackChange::words)
                        .orElse("no part of it says why"));
    }

    private static String words(StackEvent event) {
        return event.logicalResourceId() + ": " + event.resourceStatusReason();
    }

    /** The stack; null where there is none. */
    private @Nullable Stack stack() {
        try {
            return client.describeStacks(request -> request.stackName(STACK)).stacks().stream()
                    .findFirst()
                    .orElse(null);
        } catch (SdkException e) {
            if (AwsConnection.reason(e).contains("does not exist")) {
                return null;
            }
            throw told(e);
        }
    }

    private static <T> T make(Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw told(e);
        }
    }

    private static FineTuneException told(SdkException failure) {
        String reason = AwsConnection.reason(failure);
        return switch (AwsFailure.of(failure)) {
            case DENIED ->
                AccountProblems.NOT_ALLOWED
                        .error("the caller may not make the stack " + STACK)
                        .because(reason)
                        .asException(failure);
            case CREDENTIALS ->
                AccountProblems.NOT_ALLOWED
                        .error("CloudFormation does not let the caller in")
                        .because(reason)
                        .remedy("aws sts get-caller-identity")
                        .asException(failure);
            case REFUSED ->
                AccountProblems.NOT_MADE
                        .error("CloudFormation refuses the stack " + STACK)
                        .because(reason)
                        .asException(failure);
            case BUSY, OUTAGE ->
                AccountProblems.UNREACHABLE
                        .error("CloudFormation does not answer")
                        .because(reason)
                        .retry(Retry.after(PAUSE))
                        .asException(failure);
        };
    }

    /** A stack that was only looked at is removed with its change. */
    @Override
    public void close() {
        try (client) {
            if (isOpen) {
                isOpen = false;
                client.deleteChangeSet(request -> request.stackName(STACK).changeSetName(changeSet));
                if (isNew) {
                    client.deleteStack(request -> request.stackName(STACK));
                }
            }
        } catch (SdkException e) {
            throw told(e);
        }
    }
}
