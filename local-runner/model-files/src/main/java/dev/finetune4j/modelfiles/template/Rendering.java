package dev.finetune4j.modelfiles.template;

import java.util.List;

/**
 * What a template gives.
 *
 * @param text the rendered text
 * @param generationSpans the parts between {@code {% generation %}} and {@code {% endgeneration %}}, in order; empty if the template
 *     has none
 */
public record Rendering(String text, List<Span> generationSpans) {
    /** Copies the list. */
    public Rendering {
        generationSpans = List.copyOf(generationSpans);
    }

    /**
     * A part of the text.
     *
     * @param start first character (UTF-16), from 0
     * @param end character after the last
     */
    public record Span(int start, int end) {}
}
