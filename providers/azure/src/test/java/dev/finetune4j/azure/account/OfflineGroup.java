package dev.finetune4j.azure.account;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.Caller;
import dev.finetune4j.azure.internal.RoleAssignments;
import dev.finetune4j.azure.ml.ScriptedCommand;
import dev.finetune4j.offlinecloud.azure.AzurePace;
import dev.finetune4j.offlinecloud.azure.OfflineAzure;
import dev.finetune4j.offlinecloud.azure.Workspace;
import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A resource group of an offline Azure, and deployments to it, while which its clock runs. */
final class OfflineGroup implements AutoCloseable {
    static final Workspace PLACE = Workspace.sample();
    static final String GROUP = "/subscriptions/" + PLACE.subscription() + "/resourceGroups/" + PLACE.resourceGroup();
    private static final Duration TICK = Duration.ofSeconds(10);

    final VirtualClock clock = new VirtualClock();
    final OfflineAzure azure;
    final ProviderContext context;
    final AzureConnection connection;

    OfflineGroup(Path home, Azurite blobs) throws IOException {
        azure = OfflineAzure.start(PLACE, clock, AzurePace.LIFELIKE, new ScriptedCommand(blobs.store(), home), blobs);
        context = new ProviderContext(home, azure.variables(), clock);
        connection = AzureConnection.open(Map.of(), context);
    }

    /** What would be made by some wishes, for whoever calls. */
    WorkspaceDeployment prepared(Map<String, String> wishes) {
        WorkspaceTemplate template = WorkspaceTemplate.shipped();
        Caller caller = Caller.of(connection).orElseThrow();
        WorkspaceDeployment deployment = deployment(connection, Duration.ofMillis(1));
        return clock.runningDuring(
                () -> {
                    deployment.prepare(
                            template,
                            template.parameters(wishes),
                            template.parameters(Map.of("callerId", caller.id(), "callerType", "ServicePrincipal")));
                    return deployment;
                },
                TICK);
    }

    static WorkspaceDeployment deployment(AzureConnection connection, Duration betweenLooks) {
        return new WorkspaceDeployment(
                new ArmResources(connection, WorkspaceDeployment.VERSION),
                new RoleAssignments(connection, GROUP),
                PLACE.subscription(),
                PLACE.resourceGroup(),
                betweenLooks);
    }

    /** What was prepared is made; what a job file says of it. */
    String carriedOut(WorkspaceDeployment deployment) {
        return clock.runningDuring(deployment::carryOut, TICK);
    }

    /** A parameter of the last deployment; empty if there was none. */
    String parameter(String name) {
        return resource("Microsoft.Resources/deployments/finetune4j", WorkspaceDeployment.VERSION)
                .at("/properties/parameters/" + name + "/value")
                .asText();
    }

    ArmResources resources(String version) {
        return new ArmResources(connection, version);
    }

    /** A resource of the group, below its providers. */
    JsonNode resource(String path, String version) {
        return resources(version).find(GROUP + "/providers/" + path).orElseThrow();
    }

    @Override
    public void close() {
        azure.close();
    }
}
