package dev.finetune4j.azure.account;

import dev.finetune4j.azure.internal.ArmResources;
import dev.finetune4j.azure.internal.AzureCloud;
import dev.finetune4j.azure.internal.AzureConnection;
import dev.finetune4j.azure.internal.AzureFailure;
import dev.finetune4j.azure.internal.Caller;
import dev.finetune4j.azure.internal.CredentialSource;
import dev.finetune4j.azure.internal.RoleAssignments;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Retry;
import dev.finetune4j.spi.AccountFounder;
import dev.finetune4j.spi.PlaceSettings;
import dev.finetune4j.spi.ProviderContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the workspace of {@code infra/azure/finetune4j.json} in a resource group that is there. */
public final class AzureFounder implements AccountFounder {
    private static final String SUBSCRIPTION = "subscription";
    private static final String RESOURCE_GROUP = "resource-group";
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    @Override
    public String vendor() {
        return "azure";
    }

    @Override
    public String about() {
        return "the deployment of infra/azure in a resource group, with workspace, storage, key vault, identity and roles";
    }

    @Override
    public String usualRegion() {
        return "the region of the resource group";
    }

    @Override
    public List<String> examples() {
        return List.of("--region westeurope --set resource-group=my-group");
    }

    /**
     * See {@link AccountFounder#prepare}.
     *
     * @param wishes parameters of the template, the region, {@code resource-group} and {@code subscription} (default: {@code
     *     AZURE_SUBSCRIPTION_ID}), and {@code cloud} and {@code credential} as a job file says them
     */
    @Override
    public Founding prepare(ProviderContext context, Map<String, String> wishes) {
        Map<String, String> rest = new TreeMap<>(wishes);
        Map<String, String> connecting = new HashMap<>();
        for (String name : List.of(AzureConnection.CLOUD, CredentialSource.SETTING)) {
            Optional.ofNullable(rest.remove(name)).ifPresent(value -> connecting.put(name, value));
        }
        String subscription = Optional.ofNullable(rest.remove(SUBSCRIPTION))
                .or(() -> Optional.ofNullable(context.environment().get("AZURE_SUBSCRIPTION_ID")))
                .orElseThrow(() ->
                        notTold(SUBSCRIPTION, "export AZURE_SUBSCRIPTION_ID=$(az account show --query id -o tsv)"));
        String group = Optional.ofNullable(rest.remove(RESOURCE_GROUP))
                .orElseThrow(() -> notTold(RESOURCE_GROUP, "finetune bootstrap azure --set resource-group=my-group"));
        Optional.ofNullable(rest.remove(PlaceSettings.REGION)).ifPresent(region -> rest.put("location", region));
        WorkspaceTemplate template = WorkspaceTemplate.shipped();
        AzureConnection connection = connection(connecting, context);
        WorkspaceDeployment deployment = new WorkspaceDeployment(
                new ArmResources(connection, WorkspaceDeployment.VERSION),
                new RoleAssignments(connection, "/subscriptions/" + subscription + "/resourceGroups/" + group),
                subscription,
                group,
                BETWEEN_LOOKS);
        deployment.prepare(template, template.parameters(rest), template.parameters(caller(connection)));
        return deployment;
    }

    /** Whoever makes a workspace launches jobs there; to own it does not suffice, since files ask for a role of their own. */
    private static Map<String, String> caller(AzureConnection connection) {
        try {
            return Caller.of(connection)
                    .map(caller -> Map.of(
                            WorkspaceDeployment.CALLER_ID,
                            caller.id(),
                            WorkspaceDeployment.CALLER_TYPE,
                            caller.isUser() ? "User" : "ServicePrincipal"))
                    .orElse(Map.of());
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    private static FineTuneException notTold(String what, String remedy) {
        return AzureAccountProblems.NOT_MADE
                .error("no " + what + " is told")
                .remedy(remedy)
                .asException();
    }

    private static AzureConnection connection(Map<String, String> settings, ProviderContext context) {
        String cloud = settings.getOrDefault(AzureConnection.CLOUD, AzureCloud.PUBLIC);
        if (AzureCloud.of(cloud).isEmpty()) {
            throw AzureAccountProblems.NOT_MADE
                    .error("there is no cloud " + cloud)
                    .remedy("finetune bootstrap azure --set cloud=" + AzureCloud.PUBLIC)
                    .asException();
        }
        try {
            return AzureConnection.open(settings, context);
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    private static FineTuneException refused(RuntimeException e) {
        return AzureFailure.of(e) == AzureFailure.CREDENTIALS
                ? AzureAccountProblems.NOT_ALLOWED
                        .error("Azure does not accept the credentials")
                        .remedy(AzureFailure.remedy(e))
                        .because(AzureFailure.reason(e))
                        .asException(e)
                : AzureFailure.unasked(AzureAccountProblems.UNREACHABLE, "Azure", e)
                        .orElseGet(() -> AzureAccountProblems.UNREACHABLE
                                .error("Azure cannot be reached as the environment says")
                                .retry(Retry.after(WorkspaceDeployment.PAUSE)))
                        .because(AzureFailure.reason(e))
                        .asException(e);
    }
}
