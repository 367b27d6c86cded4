package dev.finetune4j.offlinecloud.azure.entra;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.AzureCall;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.azure.rest.Operation;
import dev.finetune4j.offlinecloud.wire.Answer;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Where clients sign in, and where they are told which clouds there are. */
public final class SignIn {
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final String DEFAULT = "/.default";

    /** What tokens of the public cloud are for, besides the resource manager. */
    private static final Set<String> RESOURCES = Set.of(
            "https://management.azure.com",
            "https://management.core.windows.net",
            "https://storage.azure.com",
            "https://ml.azure.com",
            "https://cognitiveservices.azure.com");

    private final ServicePrincipal principal;
    private final AccessTokens tokens;
    private final String storageSuffix;

    /**
     * The only one that can sign in.
     *
     * @param tenant id of its tenant
     * @param client id of the application
     * @param secret the application's secret
     */
    public record ServicePrincipal(String tenant, String client, String secret) {
        @Override
        public String toString() {
            return "ServicePrincipal[" + client + "]";
        }
    }

    /**
     * The door.
     *
     * @param principal who can sign in
     * @param tokens which it gets
     * @param storageSuffix what follows {@code ACCOUNT.blob.} in addresses of storage
     */
    public SignIn(ServicePrincipal principal, AccessTokens tokens, String storageSuffix) {
        this.principal = principal;
        this.tokens = tokens;
        this.storageSuffix = storageSuffix;
    }

    /** What can be asked for here; of the clouds and of how to sign in anybody may ask. */
    public List<Operation> operations() {
        return List.of(
                Operation.open("Token", "POST", "/{tenant}/oauth2/v2.0/token", this::token),
                Operation.open(
                        "OpenIdConfiguration",
                        "GET",
                        "/{tenant}/v2.0/.well-known/openid-configuration",
                        call -> AzureProtocol.json(OK, configuration(call))),
                Operation.open(
                        "InstanceDiscovery",
                        "GET",
                        "/common/discovery/instance",
                        call -> AzureProtocol.json(OK, instance(call))),
                Operation.open(
                        "Metadata_Endpoints",
                        "GET",
                        "/metadata/endpoints",
                        call -> Answer.text(OK, "application/json", clouds(call))));
    }

    private Answer token(AzureCall call) {
        Map<String, String> form = call.form();
        // Clients ask for scopes of OpenID besides.
        String scope = Stream.of(form.getOrDefault("scope", "").split(" ", -1))
                .filter(one -> one.endsWith(DEFAULT))
                .findFirst()
                .orElse("");
        if (!call.label("tenant").equalsIgnoreCase(principal.tenant())) {
            return refusal(BAD_REQUEST, "invalid_request", 90002, "Tenant '" + call.label("tenant") + "' not found.");
        }
        if (!form.getOrDefault("grant_type", "").equals("client_credentials")) {
            return refusal(
                    BAD_REQUEST,
                    "unsupported_grant_type",
                    70003,
                    "The app requested an unsupported grant type '" + form.getOrDefault("grant_type", "") + "'.");
        }
        if (!form.getOrDefault("client_id", "").equals(principal.client())) {
            return refusal(
                    BAD_REQUEST,
                    "unauthorized_client",
                    700016,
                    "Application with identifier '" + form.getOrDefault("client_id", "")
                            + "' was not found in the directory.");
        }
        if (!form.getOrDefault("client_secret", "").equals(principal.secret())) {
            return refusal(UNAUTHORIZED, "invalid_client", 7000215, "Invalid client secret provided.");
        }
        String audience = scope.endsWith(DEFAULT) ? scope.substring(0, scope.length() - DEFAULT.length()) : "";
        if (!RESOURCES.contains(trimmed(audience)) && !trimmed(audience).equals(call.base())) {
            return refusal(
                    BAD_REQUEST,
                    "invalid_resource",
                    500011,
                    "The resource principal named " + scope + " was not found in the tenant.");
        }
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("token_type", "Bearer")
                .put("expires_in", AccessTokens.LIFETIME.toSeconds())
                .put("ext_expires_in", AccessTokens.LIFETIME.toSeconds())
                .put("access_token", tokens.issue(principal.client(), audience));
        return AzureProtocol.json(OK, answer);
    }

    private static String trimmed(String audience) {
        return audience.replaceFirst("/+$", "");
    }

    private static Answer refusal(int status, String error, int code, String message) {
        ObjectNode body = Json.records()
                .createObjectNode()
                .put("error", error)
                .put("error_description", "AADSTS" + code + ": " + message)
                .put("timestamp", Clock.systemUTC().instant().toString())
                .put("trace_id", UUID.randomUUID().toString())
                .put("correlation_id", UUID.randomUUID().toString());
        body.putArray("error_codes").add(code);
        return AzureProtocol.json(status, body);
    }

    private ObjectNode configuration(AzureCall call) {
        String authority = call.base() + "/" + call.label("tenant");
        ObjectNode body = Json.records()
                .createObjectNode()
                .put("token_endpoint", authority + "/oauth2/v2.0/token")
                .put("authorization_endpoint", authority + "/oauth2/v2.0/authorize")
                .put("device_authorization_endpoint", authority + "/oauth2/v2.0/devicecode")
                .put("issuer", authority + "/v2.0")
                .put("tenant_region_scope", "EU")
                .put("cloud_instance_name", "microsoftonline.com");
        body.putArray("token_endpoint_auth_methods_supported").add("client_secret_post");
        return body;
    }

    private ObjectNode instance(AzureCall call) {
        String host = call.base().replace("https://", "");
        ObjectNode body = Json.records()
                .createObjectNode()
                .put(
                        "tenant_discovery_endpoint",
                        call.base() + "/" + principal.tenant() + "/v2.0/.well-known/openid-configuration")
                .put("api-version", "1.1");
        ObjectNode cloud = body.putArray("metadata")
                .addObject()
                .put("preferred_network", host)
                .put("preferred_cache", host);
        cloud.putArray("aliases").add(host);
        return body;
    }

    /**
     * The clouds as the resource manager lists them. The name {@code OfflineCloud} is for the Python packages, which hold the endpoints of
     * {@code AzureCloud} in their code and take no other ones for it.
     */
    private String clouds(AzureCall call) {
        return Json.records()
                .createArrayNode()
                .add(cloud("OfflineCloud", call))
                .add(cloud("AzureCloud", call))
                .toString();
    }

    private ObjectNode cloud(String name, AzureCall call) {
        ObjectNode cloud = Json.records()
                .createObjectNode()
                .put("name", name)
                .put("portal", "https://portal.azure.com")
                .put("resourceManager", call.base() + "/");
        ObjectNode authentication = cloud.putObject("authentication")
                .put("loginEndpoint", call.base() + "/")
                .put("identityProvider", "AAD")
                .put("tenant", "common");
        authentication
                .putArray("audiences")
                .add("https://management.core.windows.net/")
                .add("https://management.azure.com/")
                .add(call.base() + "/");
        cloud.putObject("suffixes").put("storage", storageSuffix).put("keyVaultDns", "vault.azure.net");
        return cloud;
    }
}
