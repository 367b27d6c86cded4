package dev.finetune4j.modelfiles.template;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/** The state of one rendering: what was spent of the limits, the spans found, the time that the template may ask for. */
final class Execution {
    private static final int CHARACTERS_PER_STEP = 16;

    private final TemplateLimits limits;
    private final LocalDateTime now;
    private final StringBuilder output = new StringBuilder();
    private final List<Rendering.Span> generationSpans = new ArrayList<>();
    private long steps;
    private int depth;

    Execution(TemplateLimits limits, LocalDateTime now) {
        this.limits = limits;
        this.now = now;
    }

    LocalDateTime now() {
        return now;
    }

    StringBuilder output() {
        return output;
    }

    TemplateLimits limits() {
        return limits;
    }

    /** Counts one step. */
    void step() {
        steps(1);
    }

    void steps(long count) {
        steps += count;
        if (steps > limits.steps()) {
            throw TemplateFault.limit("more than " + limits.steps() + " steps");
        }
    }

    /** Counts the building of a text or list; to be called before it is built. */
    void charge(long length) {
        if (length > limits.outputCharacters()) {
            throw TemplateFault.limit("a text or list of " + length + "; at most " + limits.outputCharacters());
        }
        steps(1 + length / CHARACTERS_PER_STEP);
    }

    void write(StringBuilder target, String text) {
        charge((long) target.length() + text.length() > limits.outputCharacters() ? Long.MAX_VALUE : text.length());
        target.append(text);
    }

    void enter() {
        if (++depth > limits.depth()) {
            throw TemplateFault.limit("nested more than " + limits.depth() + " deep");
        }
    }

    void leave() {
        depth--;
    }

    /** Notes a span of the assistant's text; spans inside captured text do not count, since it may be changed or dropped. */
    void generation(StringBuilder target, int start) {
        if (target == output) {
            generationSpans.add(new Rendering.Span(start, target.length()));
        }
    }

    Rendering result() {
        return new Rendering(output.toString(), generationSpans);
    }
}
