package dev.finetune4j.engine.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.engine.spec.Shape.Variants;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.json.Durations;
import dev.finetune4j.json.Json;
import dev.finetune4j.value.Inline;
import dev.finetune4j.value.Kind;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as a tree, with the keys and in the order of a job file: what {@link Json#jobs()} makes of it. Every command begins with such a
 * tree, and Jackson looks at each record, field and annotation before its first one.
 */
public final class JobTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JobTree() {}

    /** Every setting of a job; keys that have no value are absent. */
    public static ObjectNode of(FineTuneJob job) {
        return ofRecord(job);
    }

    /** The same of a part of a job; one that is a variant begins with its kind. */
    static ObjectNode ofRecord(Record part) {
        ObjectNode tree = NODES.objectNode();
        Kind kind = part.getClass().getAnnotation(Kind.class);
        if (kind != null) {
            tree.put(Variants.KIND, kind.value());
        }
        for (RecordComponent component : part.getClass().getRecordComponents()) {
            Object value = read(component, part);
            if (value instanceof Record inner && component.isAnnotationPresent(Inline.class)) {
                ObjectNode own = ofRecord(inner);
                own.remove(Variants.KIND);
                tree.setAll(own);
            } else if (value != null) {
                tree.set(Shapes.key(component.getName()), node(value));
            }
        }
        return tree;
    }

    private static JsonNode node(Object value) {
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        } else if (value instanceof Long number) {
            return NODES.numberNode(number);
        } else if (value instanceof Double number) {
            return NODES.numberNode(number);
        } else if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        } else if (value instanceof Enum<?> constant) {
            return NODES.textNode(Shapes.word(constant));
        } else if (value instanceof Duration duration) {
            return NODES.textNode(Durations.format(duration));
        } else if (value instanceof List<?> list) {
            ArrayNode items = NODES.arrayNode(list.size());
            list.forEach(item -> items.add(node(item)));
            return items;
        } else if (value instanceof Map<?, ?> map) {
            ObjectNode entries = NODES.objectNode();
            map.forEach((key, entry) -> entries.set(key.toString(), node(entry)));
            return entries;
        } else if (value instanceof Record part && !Shapes.isText(part.getClass())) {
            return ofRecord(part);
        }
        return NODES.textNode(value.toString());
    }

    private static @Nullable Object read(RecordComponent component, Record part) {
        try {
            return component.getAccessor().invoke(part);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a job is made of public records, and " + part.getClass() + " is none", e);
        }
    }
}
