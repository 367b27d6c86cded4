package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Filters and tests that do not exist, as they are met while a template is parsed. As in Jinja, one that every rendering would reach makes
 * the template ill-formed, and one in a branch of an {@code if} fails a rendering that takes the branch: templates name filters of
 * other engines there.
 */
final class UnknownNames {
    private final List<TemplateFault> faults = new ArrayList<>();

    void add(TemplateFault fault) {
        faults.add(fault);
    }

    /** How many were met that were not left to the rendering. */
    int count() {
        return faults.size();
    }

    /** Takes those from the {@code start}th on as met only where a condition holds. */
    void leaveToRendering(int start) {
        faults.subList(start, faults.size()).clear();
    }

    /** Fails if there are any from the {@code start}th on. */
    void refuse(int start) {
        if (faults.size() > start) {
            throw faults.get(start);
        }
    }
}
