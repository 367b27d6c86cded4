package dev.finetune4j.offlinecloud.wire;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The access keys of an account. Safe for use by several threads. */
public final class AccessKeys {
    private static final int ID_BYTES = 8;
    private static final int SECRET_BYTES = 30;

    private final Map<String, AccessKey> keys = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /**
     * Makes one that nobody can guess: containers may be real, and then a job is a command.
     *
     * @param token of the session that it belongs to; empty for none
     */
    public AccessKey make(String token) {
        AccessKey key = new AccessKey(
                "OFFL" + HexFormat.of().withUpperCase().formatHex(bytes(ID_BYTES)),
                Base64.getEncoder().encodeToString(bytes(SECRET_BYTES)),
                token);
        keys.put(key.id(), key);
        return key;
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The one of an id; empty where there is none. */
    public Optional<AccessKey> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }
}
