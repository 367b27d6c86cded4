package dev.finetune4j.modelfiles.template;

import java.util.AbstractList;
import java.util.Collection;
import java.util.List;

/** What {@code select}, {@code map}, {@code items} and the like give: can be walked, is always true, has no length. */
final class Generated extends AbstractList<Object> {
    private final List<Object> values;

    Generated(Collection<?> values) {
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
