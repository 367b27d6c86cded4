package dev.finetune4j.offlinecloud.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request that a service refuses, as its clients get to see it. */
public final class ServiceError extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int CLIENTS_FAULT = 400;

    private final int status;
    private final String code;
    private final transient Map<String, String> details;

    /**
     * An answer with an error.
     *
     * @param status HTTP status
     * @param code the error's name, by which clients tell one from another
     * @param message for people
     */
    public ServiceError(int status, String code, String message) {
        this(status, code, message, Map.of());
    }

    private ServiceError(int status, String code, String message, Map<String, String> details) {
        super(message);
        this.status = status;
        this.code = code;
        this.details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    /** The same error with a further member, where its protocol has any. */
    public ServiceError with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(details);
        more.put(name, value);
        return new ServiceError(status, code, String.valueOf(getMessage()), more);
    }

    /** An error of the client. */
    public static ServiceError of(String code, String message) {
        return new ServiceError(CLIENTS_FAULT, code, message);
    }

    /** A request that no retry makes right. */
    public static ServiceError invalid(String message) {
        return of("ValidationException", message);
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** The error's name. */
    public String code() {
        return code;
    }

    /** Its members besides code and message. */
    public Map<String, String> details() {
        return details;
    }
}
