package dev.finetune4j.modelfiles.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code namespace()} gives, and {@code loop}: attributes, which {@code set} may change. */
final class Namespace {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    Object get(String name) {
        Object value = attributes.get(name);
        return value == null ? Undefined.name(name) : value;
    }

    void set(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public String toString() {
        return "<Namespace>";
    }
}
