package dev.finetune4j.modelfiles.template;

import java.util.AbstractList;
import java.util.Collection;
import java.util.List;

/** A tuple: a list that prints with parentheses and is never equal to a list. */
final class Tuple extends AbstractList<Object> {
    private final List<Object> values;

    Tuple(Collection<?> values) {
        this.values = List.copyOf(values);
    }

    @Override
    public Object get(int index) {
        return values.get(index);
    }

    @Override
    public int size() {
        return values.size();
    }
}
