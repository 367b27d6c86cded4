package dev.finetune4j.offlinecloud.wire;

/**
 * What a caller signs with.
 *
 * @param id says whose it is; not secret
 * @param secret never sent
 * @param token of the session that it belongs to; empty where it belongs to none
 */
public record AccessKey(String id, String secret, String token) {
    @Override
    public String toString() {
        return "AccessKey[" + id + "]";
    }
}
