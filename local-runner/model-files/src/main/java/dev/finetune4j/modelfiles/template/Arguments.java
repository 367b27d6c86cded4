package dev.finetune4j.modelfiles.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of one call.
 *
 * @param positional in order
 * @param named by keyword
 */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** The argument at a position or with a name, if given. */
    Optional<Object> find(int position, String name) {
        return position < positional.size()
                ? Optional.of(positional.get(position))
                : Optional.ofNullable(named.get(name));
    }

    /** The argument at a position or with a name, or a default. */
    Object get(int position, String name, Object absent) {
        return find(position, name).orElse(absent);
    }

    /** A positional argument that must be there. */
    Object need(int position) {
        if (position >= positional.size()) {
            throw TemplateFault.failure("argument " + (position + 1) + " is missing");
        }
        return positional.get(position);
    }

    /** A positional text that must be there. */
    String text(int position) {
        Object value = need(position);
        if (value instanceof String text) {
            return text;
        }
        throw value instanceof Undefined undefined
                ? undefined.fault()
                : TemplateFault.failure("argument " + (position + 1) + " must be str, not " + Values.typeName(value));
    }

    /** A whole number, or a default. */
    int whole(int position, String name, int absent) {
        Optional<Object> value = find(position, name);
        return value.isPresent() ? Values.index(value.get()) : absent;
    }

    /** The truth of an argument; false if absent. */
    boolean truth(int position, String name) {
        return find(position, name).map(Values::truth).orElse(false);
    }

    /** These arguments without the first {@code count} positional ones. */
    Arguments skip(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }
}
