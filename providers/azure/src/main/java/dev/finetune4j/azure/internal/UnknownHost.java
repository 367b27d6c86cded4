package dev.finetune4j.azure.internal;

/**
 * That nobody knows a service by the name that it was called by, while tokens are to be had: where that lasts, the name is wrong, rather than
 * the line down.
 */
final class UnknownHost extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownHost(String host, Throwable failure) {
        super("no address is known of " + host, failure);
    }
}
