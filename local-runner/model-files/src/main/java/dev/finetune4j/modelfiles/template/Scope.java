package dev.finetune4j.modelfiles.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names that are visible at one place; a name that is not here is looked up outside. */
final class Scope {
    private final @Nullable Scope outer;
    private final Execution execution;
    private final Map<String, Object> values = new HashMap<>();

    private Scope(@Nullable Scope outer, Execution execution) {
        this.outer = outer;
        this.execution = execution;
    }

    static Scope global(Execution execution) {
        return new Scope(null, execution);
    }

    Scope inner() {
        return new Scope(this, execution);
    }

    Execution execution() {
        return execution;
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.name(name);
    }

    void set(String name, Object value) {
        values.put(name, value);
    }
}
