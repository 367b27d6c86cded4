package dev.finetune4j.engine.report.view;

import java.util.List;

/** The frame that every part of the page has. */
final class Section {
    private Section() {}

    /** A section with a heading and one or two sentences that say how to read it. */
    static Html of(String id, String heading, String lead, Html content) {
        return Html.of(
                """
                <section id="{}" aria-labelledby="{}-h"><h2 id="{}-h">{}</h2>{}
                {}</section>
                """,
                id,
                id,
                id,
                heading,
                lead.isEmpty() ? Html.NONE : Html.of("<p class=\"lead\">{}</p>", lead),
                content);
    }

    /** A table of two columns without a header row: what, and its value. */
    static Html facts(String caption, List<Fact> facts) {
        return Html.of(
                "<table class=\"facts\"><caption>{}</caption><tbody>{}</tbody></table>",
                caption,
                Html.join(facts.stream()
                        .map(fact ->
                                Html.of("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", fact.name(), fact.value()))));
    }

    /**
     * One row of such a table.
     *
     * @param name what
     * @param value its value; {@link Html} as it is, everything else escaped
     */
    record Fact(String name, Object value) {}

    /** A wide table in a frame that scrolls by itself on a narrow screen, also by keyboard. */
    static Html scrolling(String label, Html table) {
        return Html.of("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{}</div>", label, table);
    }
}
