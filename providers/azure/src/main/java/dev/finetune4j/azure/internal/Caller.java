package dev.finetune4j.azure.internal;

import com.azure.core.credential.TokenRequestContext;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Who calls, as Entra ID knows him.
 *
 * @param id object id, by which roles are assigned
 * @param isUser whether it is a person, and no application or managed identity
 */
public record Caller(String id, boolean isUser) {
    /**
     * Whom a connection's tokens for the resource manager are of; empty where they do not tell.
     *
     * @throws RuntimeException azure-identity's own, if there is no token
     */
    public static Optional<Caller> of(AzureConnection connection) {
        return of(connection
                .credential()
                .getTokenSync(
                        new TokenRequestContext().addScopes(connection.cloud().audience() + "/.default"))
                .getToken());
    }

    private static Optional<Caller> of(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length < 2) {
            return Optional.empty();
        }
        try {
            String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            JsonNode told = Json.read(claims, JsonNode.class);
            String id = told.path("oid").asText();
            return id.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Caller(id, told.has("scp"))); // what an application acts for itself has no scopes
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return Optional.empty(); // a token of another form
        }
    }
}
