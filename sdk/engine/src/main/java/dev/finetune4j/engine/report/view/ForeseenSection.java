package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.ForeseenAndActual;
import java.util.List;

/** What was foreseen beside what it took. */
final class ForeseenSection {
    private ForeseenSection() {}

    static Html of(ForeseenAndActual figures) {
        Html head = Html.join(ForeseenRows.HEAD.stream().map(name -> Html.of("<th scope=\"col\">{}</th>", name)));
        Html rows = Html.join(ForeseenRows.of(figures).stream().map(ForeseenSection::row));
        return Section.of(
                "foreseen",
                "Foreseen and actual",
                ForeseenRows.basis(figures) + " One run in ten takes less than P10, one in ten more than P90.",
                Section.scrolling(
                        "Foreseen and actual",
                        Html.of("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, rows)));
    }

    private static Html row(List<String> cells) {
        return Html.of(
                "<tr><th scope=\"row\">{}</th>{}</tr>",
                cells.get(0),
                Html.join(cells.stream().skip(1).map(cell -> Html.of("<td>{}</td>", cell))));
    }
}
