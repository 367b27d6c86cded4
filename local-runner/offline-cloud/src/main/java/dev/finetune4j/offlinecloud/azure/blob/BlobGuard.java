package dev.finetune4j.offlinecloud.azure.blob;

/** Decides what callers with tokens may do in a store. Called by several threads. */
@FunctionalInterface
public interface BlobGuard {
    /**
     * Whether the caller may.
     *
     * @param operation as Azurite calls it, such as {@code Blob_Download}
     * @param account whose blobs it is about
     * @param container {@code -} where it is about none
     */
    boolean allows(String operation, String account, String container);
}
