package dev.finetune4j.json;

import dev.finetune4j.value.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Names of the variants of sealed interfaces. */
final class SealedKinds {
    private SealedKinds() {}

    /** Every record below a sealed interface, nested sealed interfaces included. */
    static List<Class<?>> variants(Class<?> sealed) {
        List<Class<?>> records = new ArrayList<>();
        for (Class<?> variant : sealed.getPermittedSubclasses()) {
            if (variant.isSealed()) {
                records.addAll(variants(variant));
            } else {
                records.add(variant);
            }
        }
        return records;
    }

    /** The name of a variant: its {@link Kind}, or its simple name in kebab-case. */
    static String name(Class<?> variant) {
        Kind kind = variant.getAnnotation(Kind.class);
        return kind == null ? kebab(variant.getSimpleName()) : kind.value();
    }

    /** The sealed interface that a value belongs to, or its own class. */
    static Class<?> declaredType(Object value) {
        for (Class<?> parent : value.getClass().getInterfaces()) {
            if (parent.isSealed()) {
                return parent;
            }
        }
        return value.getClass();
    }

    private static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
