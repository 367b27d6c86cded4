package dev.finetune4j.azure.blob;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What lets into a store without a role there: the account's key, or a shared access signature. Prints neither. */
public final class StoreSecret {
    private final boolean isKey;
    private final String value;

    private StoreSecret(boolean isKey, String value) {
        this.isKey = isKey;
        this.value = value;
    }

    /**
     * As a datastore keeps it.
     *
     * @param told an answer of {@code listSecrets}
     * @return empty where it keeps neither, as one of a store that takes tokens only
     */
    public static Optional<StoreSecret> of(JsonNode told) {
        String kind = told.path("secretsType").asText("");
        String value = switch (kind) {
            case "AccountKey" -> told.path("key").asText("");
            case "Sas" -> told.path("sasToken").asText("");
            default -> "";
        };
        String bare = value.strip().replaceFirst("^\\?", ""); // pasted with a line break, it makes no address
        return bare.isEmpty() ? Optional.empty() : Optional.of(new StoreSecret(kind.equals("AccountKey"), bare));
    }

    /**
     * As a signed address has it.
     *
     * @return empty where the address is not signed
     */
    public static Optional<StoreSecret> ofAddress(String address) {
        int query = address.indexOf('?');
        return query < 0 || query == address.length() - 1
                ? Optional.empty()
                : Optional.of(new StoreSecret(false, address.substring(query + 1)));
    }

    /** Whether it is the key, by which signatures are made. */
    boolean isKey() {
        return isKey;
    }

    String value() {
        return value;
    }

    @Override
    public String toString() {
        return isKey ? "StoreSecret[key]" : "StoreSecret[signature]";
    }
}
